/**
 * `by`: options choose from a table, outermost first. A missing cell is never guessed: it is
 * refused with what stands at that place of the table.
 */
import type { Credits } from '../../amounts.ts'
import type { Options, PriceTable } from '../price.ts'
import { oneOf, type PriceRefusal, refusePrice } from '../refusal.ts'

export function choose(table: PriceTable, by: readonly string[], options: Options): Credits | PriceRefusal {
  let cell = table
  for (const name of by) {
    if (typeof cell === 'number') break
    const given = Object.hasOwn(options, name) ? options[name] : undefined
    if (typeof given !== 'string' || !Object.hasOwn(cell, given))
      return refuseCell(name, given, Object.keys(cell))
    cell = cell[given]!
  }
  return typeof cell === 'number' ? cell : refuseCell(by.at(-1) ?? '', undefined, Object.keys(cell))
}

function refuseCell(name: string, found: unknown, allowed: readonly string[]): PriceRefusal {
  const code = found === undefined ? 'option_required' : 'option_not_available'
  return refusePrice(code, `options.${name}`, oneOf(allowed), found ?? null, allowed)
}
