/**
 * From the file to a catalog: checked as a whole, every default filled in, credits in the project's
 * smallest unit. Every fault is reported at once, and with one fault there is no catalog.
 */
import type { Catalog } from './catalog.ts'
import { compileAction } from './compile-action.ts'
import { compilePlan } from './compile-plan.ts'
import {
  compileAlerts,
  compileCredit,
  compileCurrencies,
  compileGateway,
  compileNewAccounts,
  compileReturnAfterExpiry,
  compileRoles,
  compileSpendOrder,
  compileSubjects,
  compileSupport,
  compileTheme,
} from './compile-policies.ts'
import { compilePromotions } from './compile-promotion.ts'
import { compileTaxes } from './compile-tax.ts'
import { compilePack, compileTopUp } from './compile-top-up.ts'
import { findContradictions } from './contradictions.ts'
import { addError, type CatalogError, expected, type Reading } from './faults.ts'
import {
  at,
  isMapping,
  type Mapping,
  readById,
  readChoice,
  readCreditsAt,
  readMapping,
  readText,
} from './read-values.ts'

/** The version of the format that this compiler reads. */
export const CATALOG_FORMAT = 1

const TOP_KEYS = [
  'scrip',
  'product',
  'keyPrefix',
  'currency',
  'credit',
  'access',
  'newAccounts',
  'plans',
  'packs',
  'topUp',
  'actions',
  'taxes',
  'promotions',
  'gateway',
  'alerts',
  'exhaustedBelow',
  'returnAfterExpiry',
  'spendOrder',
  'subjects',
  'roles',
  'support',
  'theme',
]

const PLANS_MAX = 200
const PACKS_MAX = 500
const ACTIONS_MAX = 1_000

/** The document of one file (YAML or JSON, parsed) as a catalog, or all that is wrong with it. */
export function compileCatalog(
  document: unknown,
): { catalog: Catalog } | { errors: readonly CatalogError[] } {
  const reading: Reading = { errors: [], decimals: 0, currencies: new Set() }
  if (!isMapping(document)) {
    expected(reading, [], 'wrong_type', 'a mapping with scrip, product, plans, packs and actions', document)
    return { errors: reading.errors }
  }
  const top = readMapping(reading, document, [], TOP_KEYS)
  checkFormat(reading, top)
  const catalog = compileTop(reading, top)
  findContradictions(reading, catalog)
  return reading.errors.length > 0 ? { errors: reading.errors } : { catalog }
}

function checkFormat(reading: Reading, top: Mapping): void {
  const found = at(top, 'scrip')
  if (found === CATALOG_FORMAT) return
  expected(
    reading,
    ['scrip'],
    found === undefined ? 'missing' : 'not_a_choice',
    `scrip: ${CATALOG_FORMAT}`,
    found,
  )
}

function compileTop(reading: Reading, top: Mapping): Catalog {
  // Before everything else: all numbers of credits are scaled by the decimals.
  const credit = compileCredit(reading, top)
  reading.decimals = credit.decimals
  const access = readChoice(reading, top, 'access', [], ['open', 'plan'], 'open')
  const product = readProduct(reading, top)
  const sold = compileSold(reading, top, access)
  // Before the currencies, which must be those of every price.
  const promotions = compilePromotions(reading, top)
  return {
    version: 0,
    appliedAt: 0,
    product,
    keyPrefix: readKeyPrefix(reading, top, product),
    currencies: compileCurrencies(reading, top),
    credit,
    access,
    newAccounts: compileNewAccounts(reading, top),
    ...sold,
    alerts: compileAlerts(reading, top),
    exhaustedBelow: readCreditsAt(reading, top, 'exhaustedBelow', [], 1),
    returnAfterExpiry: compileReturnAfterExpiry(reading, top),
    priorities: compileSpendOrder(reading, top),
    subjects: compileSubjects(reading, top),
    taxes: compileTaxes(reading, top),
    promotions,
    gateway: compileGateway(reading, top),
    roles: compileRoles(reading, top),
    support: compileSupport(reading, top),
    theme: compileTheme(reading, top),
  }
}

function compileSold(
  reading: Reading,
  top: Mapping,
  access: 'open' | 'plan',
): Pick<Catalog, 'plans' | 'packs' | 'topUp' | 'actions'> {
  return {
    plans: readById(reading, at(top, 'plans'), ['plans'], PLANS_MAX, (id, value, keys) =>
      compilePlan(reading, id, value, keys),
    ),
    packs: readById(reading, at(top, 'packs'), ['packs'], PACKS_MAX, (id, value, keys) =>
      compilePack(reading, id, value, keys),
    ),
    topUp: compileTopUp(reading, at(top, 'topUp'), ['topUp']),
    actions: readById(reading, at(top, 'actions'), ['actions'], ACTIONS_MAX, (id, value, keys) =>
      compileAction(reading, id, value, keys, access),
    ),
  }
}

function readProduct(reading: Reading, top: Mapping): string {
  const product = readText(reading, top, 'product', [])
  if (product === null && at(top, 'product') === undefined) {
    addError(reading, ['product'], 'missing', "expected the product's name, found nothing")
  }
  return product ?? ''
}

/** What customers' keys begin with; without one, the product's letters and digits. */
function readKeyPrefix(reading: Reading, top: Mapping, product: string): string {
  const prefix = readText(reading, top, 'keyPrefix', [])
  if (prefix === null)
    return (
      product
        .toLowerCase()
        .replace(/[^a-z0-9]/g, '')
        .slice(0, 12) || 'key'
    )
  if (!/^[a-z0-9]{1,12}$/.test(prefix) || prefix === 'scrip') {
    // A project's own keys begin with scrip_, and the two must be told apart.
    expected(
      reading,
      ['keyPrefix'],
      'invalid_id',
      '1 to 12 small letters or digits, other than scrip',
      prefix,
    )
  }
  return prefix
}
