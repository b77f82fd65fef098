/** A price in words, a line for each part, so that an owner can sign it off and a customer read it. */
import type { Credits } from '../amounts.ts'
import type { Condition, Price, PricePart, PriceTable } from '../price/price.ts'
import type { Action, Catalog } from './catalog.ts'
import { creditsNumber, creditsWords, grouped, listed } from './words.ts'

/** `6 (regular) or 8 (deep), by Research`; every part after the first begins with `plus`. */
export function priceWords(catalog: Catalog, action: Action): readonly string[] {
  const { price } = action
  if (price === null) return ['coming soon']
  if (isFree(price)) return ['free']
  const lines = price.parts.flatMap((part, index) => partWords(catalog, action, part, index))
  return price.minimum === 0 ? lines : [...lines, `at least ${creditsWords(catalog, price.minimum)}`]
}

function isFree(price: Price): boolean {
  return price.minimum === 0 && price.parts.every(({ credits, tiers }) => credits === 0 && tiers === null)
}

function partWords(catalog: Catalog, action: Action, part: PricePart, index: number): string[] {
  const per = part.per === null ? '' : ` ${perWords(action, part, part.per)}`
  const when = part.when === null ? '' : `, ${conditionWords(action, part.when)}`
  const name = part.name === null ? '' : ` (${part.name})`
  const plus = index === 0 ? '' : 'plus '
  if (part.tiers !== null) return [`${plus}${tierWords(catalog, part.tiers)}${per}${when}${name}`]
  if (typeof part.credits === 'number')
    return [`${plus}${creditsWords(catalog, part.credits)}${per}${when}${name}`]
  const by = part.by.map((option) => action.options[option]?.name ?? option)
  const rows = tableRows(catalog, part.credits, [])
  const head = `${plus}by ${listed(by)}${per}${when}${name}`
  return rows.length === 1 ? [`${head}: ${rows[0]}`] : [`${head}:`, ...rows.map((row) => `  ${row}`)]
}

function perWords(action: Action, part: PricePart, per: string): string {
  const name = action.quantities[per]?.name ?? per
  return part.each === 1 ? `for each of: ${name}` : `for each started ${grouped(part.each)} of: ${name}`
}

/** A row for each path to the innermost options: `kling, 5s: off 15, on 20`. */
function tableRows(catalog: Catalog, table: PriceTable, path: readonly string[]): string[] {
  if (typeof table === 'number') return [creditsNumber(catalog, table)]
  const cells = Object.entries(table)
  if (cells.every(([, cell]) => typeof cell === 'number')) {
    const row = cells.map(([value, cell]) => `${value} ${creditsNumber(catalog, cell as Credits)}`).join(', ')
    return [path.length === 0 ? row : `${path.join(', ')}: ${row}`]
  }
  return cells.flatMap(([value, cell]) => tableRows(catalog, cell, [...path, value]))
}

function tierWords(catalog: Catalog, { mode, bands }: NonNullable<PricePart['tiers']>): string {
  const words = bands.map(({ upTo, credits }) => {
    const amount = creditsNumber(catalog, credits)
    return upTo === null ? `${amount} beyond` : `${amount} up to ${grouped(upTo)}`
  })
  const how =
    mode === 'volume' ? 'all at the price of the whole quantity' : 'each at the price of its own band'
  return `${words.join(', ')} (${how})`
}

function conditionWords(action: Action, { kind, options }: Condition): string {
  const join = kind === 'allOf' ? 'and' : 'or'
  const wanted = Object.entries(options).map(
    ([option, values]) => `${action.options[option]?.name ?? option} has ${listed(values, join)}`,
  )
  const between = kind === 'anyOf' || kind === 'noneOf' ? 'or' : 'and'
  return `${kind === 'noneOf' ? 'unless' : 'if'} ${listed(wanted, between)}`
}
