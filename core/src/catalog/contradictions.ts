/** What two places of a catalog say against each other: names that lead nowhere, or to the wrong kind of plan. */
import type { Catalog } from './catalog.ts'
import { addError, expected, type Keys, nearest, type Reading } from './faults.ts'

export function findContradictions(reading: Reading, catalog: Catalog): void {
  checkNewAccounts(reading, catalog)
  for (const pack of Object.values(catalog.packs)) {
    checkPlans(reading, catalog, pack.plans, ['packs', pack.id, 'plans'])
    checkMovesTo(reading, catalog, pack.movesTo, ['packs', pack.id, 'movesTo'])
  }
  checkMovesTo(reading, catalog, catalog.topUp?.movesTo ?? null, ['topUp', 'movesTo'])
  for (const plan of Object.values(catalog.plans)) {
    checkMovesTo(reading, catalog, plan.topUp?.movesTo ?? null, ['plans', plan.id, 'topUp', 'movesTo'])
  }
  for (const action of Object.values(catalog.actions)) {
    checkPlans(reading, catalog, action.plans, ['actions', action.id, 'plans'])
  }
  for (const promotion of Object.values(catalog.promotions)) {
    checkPlans(reading, catalog, promotion.plans, ['promotions', promotion.code, 'plans'])
    checkPacks(reading, catalog, promotion.packs, ['promotions', promotion.code, 'packs'])
  }
  checkAccess(reading, catalog)
}

function checkNewAccounts(reading: Reading, catalog: Catalog): void {
  const keys = ['newAccounts', 'plan']
  const { plan } = catalog.newAccounts
  if (plan === null || !checkPlan(reading, catalog, plan, keys)) return
  // A plan with refills may be everybody's first (Picsart's Free), one with a bill may not.
  const { price } = catalog.plans[plan]!
  if (price === 'custom' || price.length > 0) {
    addError(
      reading,
      keys,
      'contradiction',
      `expected a plan that costs nothing, found ${plan}, which has a bill`,
    )
  }
}

function checkMovesTo(reading: Reading, catalog: Catalog, plan: string | null, keys: Keys): void {
  if (plan === null || !checkPlan(reading, catalog, plan, keys)) return
  if (catalog.plans[plan]!.every !== null) {
    addError(reading, keys, 'contradiction', `expected a base plan, found ${plan}, which is subscribed to`)
  }
}

function checkPlans(reading: Reading, catalog: Catalog, plans: readonly string[], keys: Keys): void {
  for (const plan of plans) checkPlan(reading, catalog, plan, keys)
}

function checkPacks(reading: Reading, catalog: Catalog, packs: readonly string[], keys: Keys): void {
  for (const pack of packs) checkName(reading, 'pack', Object.keys(catalog.packs), pack, keys)
}

function checkPlan(reading: Reading, catalog: Catalog, plan: string, keys: Keys): boolean {
  return checkName(reading, 'plan', Object.keys(catalog.plans), plan, keys)
}

function checkName(
  reading: Reading,
  what: 'plan' | 'pack',
  known: readonly string[],
  name: string,
  keys: Keys,
): boolean {
  if (known.includes(name)) return true
  const meant = nearest(reading, name, known)
  const all = known.length > 0 ? known.join(' or ') : `a ${what} of this file`
  expected(reading, keys, 'unknown_reference', meant ?? all, name)
  return false
}

/** Access that no plan can give would close the product to everybody. */
function checkAccess(reading: Reading, catalog: Catalog): void {
  if (catalog.access === 'open' || Object.keys(catalog.plans).length > 0) return
  addError(
    reading,
    ['access'],
    'contradiction',
    'expected at least one plan, since access needs one; found none',
  )
}
