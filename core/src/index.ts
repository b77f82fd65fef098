/** The rules of credits. Pure: no clock, no dice, no database, no waiting. */
export * from './access.ts'
export { peek } from './advance.ts'
export { NO_ALERTS, thresholdCredits, thresholdKey } from './alerts.ts'
export * from './amounts.ts'
export * from './calendar.ts'
export * from './catalog/catalog.ts'
export * from './catalog/compile.ts'
export { currencyDecimals } from './catalog/currency.ts'
export {
  type ApplyFault,
  applyFaults,
  type CatalogChange,
  type ChangeSubject,
  diffCatalogs,
  type InUse,
  sayChange,
} from './catalog/diff.ts'
export { editDistance } from './catalog/edit-distance.ts'
export type { CatalogError, CatalogErrorCode, Keys } from './catalog/faults.ts'
export { rateCard } from './catalog/rate-card.ts'
export { parseDuration } from './catalog/read-duration.ts'
export { catalogSchema } from './catalog/schema.ts'
export { formatMoney, formatUnitPrice } from './catalog/words.ts'
export * from './commands.ts'
export * from './credits.ts'
export { decide } from './decide.ts'
export * from './decision.ts'
export { HOLD_TIMEOUT_DEFAULT_MS, HOLD_TIMEOUT_MAX_MS, HOLD_TIMEOUT_MIN_MS } from './hold.ts'
export * from './identifiers.ts'
export { violationsOf } from './invariants.ts'
export { newPool } from './open-pool.ts'
export * from './pool.ts'
export * from './price/cost.ts'
export * from './price/largest-affordable.ts'
export { sumLines } from './price/lines.ts'
export * from './price/price.ts'
export type { PriceRefusal, PriceRefusalCode } from './price/refusal.ts'
export * from './purchase/purchase.ts'
export * from './refusals.ts'
export * from './remedies.ts'
export { type Asked, explainPriceRefusal, findAction, type Priced, priceFrom } from './spend.ts'
export { compareSpendOrder, placeInOrder } from './spend-order.ts'
export { actionUnderTerms, termsAt } from './terms.ts'
export { decimalPrice, totalPrice } from './total-price.ts'
