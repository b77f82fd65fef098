/** Why an action cannot be priced as asked: the value the rules hand back instead of a cost. */

export type PriceRefusalCode =
  | 'action_not_available'
  | 'unknown_quantity'
  | 'unknown_option'
  | 'quantity_required'
  | 'quantity_out_of_range'
  | 'option_required'
  | 'option_not_available'
  | 'amount_too_large'

export interface PriceRefusal {
  readonly refused: {
    readonly code: PriceRefusalCode
    /** Where the fault is in what was asked: `options.model`, `quantities.images`, `action`. */
    readonly path: string
    readonly expected: string
    readonly found: unknown
    /** The names or values that would have been accepted, where they can be listed. */
    readonly allowed?: readonly string[]
  }
}

export function refusePrice(
  code: PriceRefusalCode,
  path: string,
  expected: string,
  found: unknown,
  allowed?: readonly string[],
): PriceRefusal {
  return {
    refused:
      allowed === undefined ? { code, path, expected, found } : { code, path, expected, found, allowed },
  }
}

/** Names in a sentence: `hd or standard`. */
export function oneOf(names: readonly string[]): string {
  if (names.length < 2) return names[0] ?? 'nothing'
  return `${names.slice(0, -1).join(', ')} or ${names[names.length - 1]}`
}
