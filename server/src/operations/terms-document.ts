/** An account's own prices, written as a catalog writes them, and compiled by the catalog's own rules. */
import {
  type Catalog,
  type CatalogError,
  compileCatalog,
  type Instant,
  type Price,
  type PriceTier,
  type TermsCommand,
} from '@scrip/core'

export interface TermsDocument {
  /** null = from now on. */
  readonly from: Instant | null
  readonly buysItself: boolean
  /** `1.80 USD`, or one per currency. */
  readonly pricePerCredit: unknown
  readonly tiers: unknown
  /** A price by action, in any of the forms of a catalog. */
  readonly actions: Readonly<Record<string, unknown>>
}

export type TermsRead =
  | { readonly terms: TermsCommand['terms'] }
  | { readonly errors: readonly Pick<CatalogError, 'path' | 'code' | 'message'>[] }

export function readTerms(document: TermsDocument, catalog: Catalog): TermsRead {
  const unknown = Object.keys(document.actions).filter((id) => !Object.hasOwn(catalog.actions, id))
  if (unknown.length > 0) {
    return {
      errors: unknown.map((id) => ({
        path: `actions.${id}`,
        code: 'unknown_reference' as CatalogError['code'],
        message: `expected an action of the catalog, found ${id}`,
      })),
    }
  }
  const compiled = compileCatalog(asCatalog(document, catalog))
  if ('errors' in compiled)
    return {
      errors: compiled.errors.map(({ path, code, message }) => ({
        path: path.replace(/^topUp\.?/, ''),
        code,
        message,
      })),
    }
  const own = compiled.catalog
  const errors = Object.keys(document.actions).flatMap((id) =>
    strangers(id, own.actions[id]?.price ?? null, catalog),
  )
  if (errors.length > 0) return { errors }
  const { from, buysItself } = document
  return { terms: { from, buysItself, pricePerCredit: tiersOf(own), actions: pricesOf(own) } }
}

function asCatalog({ pricePerCredit, tiers, actions }: TermsDocument, catalog: Catalog) {
  const topUp =
    pricePerCredit === undefined && tiers === undefined
      ? {}
      : { topUp: { ...given({ pricePerCredit, tiers }) } }
  const priced = Object.entries(actions).map(([id, price]) => [id, { price }])
  return {
    scrip: 1,
    product: 'terms',
    currency: catalog.currencies,
    credit: { decimals: catalog.credit.decimals },
    actions: Object.fromEntries(priced),
    ...topUp,
  }
}

function given(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
}

function tiersOf({ topUp }: Catalog): readonly PriceTier[] | null {
  if (topUp === null) return null
  return topUp.tiers.length > 0 ? topUp.tiers : [{ upTo: null, pricePerCredit: topUp.pricePerCredit }]
}

function pricesOf({ actions }: Catalog): Record<string, Price> {
  const prices = Object.entries(actions).flatMap(([id, { price }]) =>
    price === null ? [] : [[id, price] as const],
  )
  return Object.fromEntries(prices)
}

/** A price may only use what the action takes: nothing else would ever be given with it. */
function strangers(id: string, price: Price | null, catalog: Catalog) {
  const action = catalog.actions[id]
  if (price === null || action === undefined) return []
  const errors: { path: string; code: CatalogError['code']; message: string }[] = []
  const refuse = (what: string, name: string): void => {
    errors.push({
      path: `actions.${id}`,
      code: 'contradiction',
      message: `expected ${what} that ${action.name} takes, found ${name}`,
    })
  }
  for (const { per, by, when } of price.parts) {
    if (per !== null && !Object.hasOwn(action.quantities, per)) refuse('a quantity', per)
    for (const name of [...by, ...Object.keys(when?.options ?? {})]) {
      if (!Object.hasOwn(action.options, name)) refuse('an option', name)
    }
  }
  return errors
}
