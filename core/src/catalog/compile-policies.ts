/** Policies: what holds for the whole product, whatever is bought or charged. */
import type { Catalog, LotKind, Subject, Threshold } from './catalog.ts'
import { LOT_KINDS } from './catalog.ts'
import { currencyDecimals } from './currency.ts'
import { addError, expected, type Keys, type Reading } from './faults.ts'
import { readCalendarDuration, readDuration, readExpiry } from './read-duration.ts'
import {
  at,
  isMapping,
  type Mapping,
  readById,
  readCredits,
  readCreditsAt,
  readList,
  readMapping,
  readText,
  readWhole,
} from './read-values.ts'

const DECIMALS_MAX = 6

export function compileCredit(reading: Reading, top: Mapping): Catalog['credit'] {
  const credit = readMapping(reading, at(top, 'credit'), ['credit'], ['one', 'many', 'decimals', 'worth'])
  const one = readText(reading, credit, 'one', ['credit'])
  const many = readText(reading, credit, 'many', ['credit'])
  return {
    one: one ?? 'credit',
    many: many ?? (one === null ? 'credits' : `${one}s`),
    decimals: readWhole(reading, credit, 'decimals', ['credit'], 0, DECIMALS_MAX, 0),
    worth: readText(reading, credit, 'worth', ['credit']),
  }
}

/** The currencies named at the top, the first being the default; else those that prices name, in their order. */
export function compileCurrencies(reading: Reading, top: Mapping): readonly string[] {
  const value = at(top, 'currency')
  const codes: string[] = []
  readList(value).forEach((code, index) => {
    const path = Array.isArray(value) ? ['currency', index] : ['currency']
    if (typeof code !== 'string' || currencyDecimals(code) === null) {
      expected(reading, path, 'not_money', 'a currency of ISO 4217 such as USD', code)
    } else if (codes.includes(code))
      addError(reading, path, 'duplicate', `expected each currency once, found ${code} twice`)
    else codes.push(code)
  })
  const found = [...reading.currencies]
  if (value === undefined || value === null) return found.length > 0 ? found : ['USD']
  const missing = found.filter((code) => !codes.includes(code))
  if (missing.length > 0 && codes.length > 0) {
    expected(
      reading,
      ['currency'],
      'contradiction',
      `every currency of the prices, with ${missing.join(', ')}`,
      value,
    )
  }
  return codes
}

export function compileNewAccounts(reading: Reading, top: Mapping): Catalog['newAccounts'] {
  const keys = ['newAccounts']
  const value = readMapping(reading, at(top, 'newAccounts'), keys, ['plan', 'credits', 'expires'])
  const expires = readExpiry(reading, at(value, 'expires'), [...keys, 'expires'])
  if (expires.kind === 'term') {
    expected(
      reading,
      [...keys, 'expires'],
      'contradiction',
      'a length of time, as a new account has no term',
      'term',
    )
  }
  return {
    plan: readText(reading, value, 'plan', keys),
    credits: readCreditsAt(reading, value, 'credits', keys, 0),
    expires,
  }
}

export function compileAlerts(reading: Reading, top: Mapping): Catalog['alerts'] {
  const alerts = readMapping(reading, at(top, 'alerts'), ['alerts'], ['remaining', 'expiring'])
  const remaining = at(alerts, 'remaining')
  const expiring = at(alerts, 'expiring')
  return {
    remaining: readList(remaining).flatMap((one, index) =>
      readThreshold(reading, one, listed(['alerts', 'remaining'], remaining, index)),
    ),
    expiring: readList(expiring).flatMap((one, index) => {
      const length = readCalendarDuration(reading, one, listed(['alerts', 'expiring'], expiring, index))
      return length === null ? [] : [length]
    }),
  }
}

function listed(keys: Keys, value: unknown, index: number): Keys {
  return Array.isArray(value) ? [...keys, index] : keys
}

function readThreshold(reading: Reading, value: unknown, keys: Keys): Threshold[] {
  if (typeof value === 'number') return [{ kind: 'absolute', credits: readCredits(reading, value, keys) }]
  const match = typeof value === 'string' ? /^(\d{1,2})%$/.exec(value) : null
  const percent = Number(match?.[1] ?? 0)
  if (percent > 0) return [{ kind: 'relative', percent }]
  expected(reading, keys, 'wrong_type', 'a number of credits or a share from 1% to 99%', value)
  return []
}

export function compileReturnAfterExpiry(reading: Reading, top: Mapping): Catalog['returnAfterExpiry'] {
  const value = at(top, 'returnAfterExpiry')
  if (value === 'expire') return 'expire'
  return readDuration(reading, value, ['returnAfterExpiry']) ?? { count: 30, unit: 'day' }
}

/** Kinds that are spent together unless the file tells them apart (rules.md, "Which credits are spent first"). */
const TOGETHER: readonly (readonly LotKind[])[] = [
  ['subscription', 'trial'],
  ['promotional', 'free', 'admin_grant'],
  ['purchased', 'lifetime'],
]

/**
 * Priorities by kind, lower spent first. A kind that the file does not name goes with the first named
 * one of its company (`trial` with `subscription`); a company that is not named at all goes last.
 */
export function compileSpendOrder(reading: Reading, top: Mapping): Catalog['priorities'] {
  const priorities: Partial<Record<LotKind, number>> = {}
  let next = 10
  readList(at(top, 'spendOrder')).forEach((entry, index) => {
    for (const kind of readList(entry)) {
      const known = LOT_KINDS.find((one) => one === kind)
      if (known === undefined)
        expected(reading, ['spendOrder', index], 'not_a_choice', LOT_KINDS.join(', '), kind)
      else if (priorities[known] !== undefined) {
        addError(reading, ['spendOrder', index], 'duplicate', `expected each kind once, found ${known} twice`)
      } else priorities[known] = next
    }
    next += 10
  })
  for (const company of TOGETHER) {
    const named = company.flatMap((kind) => priorities[kind] ?? [])
    const priority = named.length > 0 ? Math.min(...named) : next
    if (named.length === 0) next += 10
    for (const kind of company) priorities[kind] ??= priority
  }
  return priorities as Record<LotKind, number>
}

const SUBJECTS_MAX = 100

export function compileSubjects(reading: Reading, top: Mapping): Record<string, Subject> {
  return readById(reading, at(top, 'subjects'), ['subjects'], SUBJECTS_MAX, (id, value, keys) => {
    const subject = readMapping(reading, value, keys, ['name', 'link'])
    const link = readText(reading, subject, 'link', keys)
    // A link becomes an href of a page: any other scheme could run a script there.
    if (link !== null && !/^(https?:\/\/|\/(?!\/))/.test(link)) {
      expected(reading, [...keys, 'link'], 'wrong_type', 'an https address or a path, with {id} in it', link)
    }
    return { id, name: readText(reading, subject, 'name', keys) ?? id, link }
  })
}

export const GATEWAYS = ['sandbox', 'stripe', 'razorpay', 'manual']

/** One gateway for all currencies, or one per currency with `others` for the rest. */
export function compileGateway(reading: Reading, top: Mapping): Record<string, string> {
  const value = at(top, 'gateway')
  if (value === undefined || value === null) return { '*': 'sandbox' }
  if (!isMapping(value)) return { '*': readGateway(reading, value, ['gateway']) }
  const gateways: Record<string, string> = { '*': 'sandbox' }
  for (const currency of Object.keys(value)) {
    const path = ['gateway', currency]
    if (currency !== 'others' && currencyDecimals(currency) === null) {
      expected(reading, path, 'not_money', 'a currency of ISO 4217, or others', currency)
    } else gateways[currency === 'others' ? '*' : currency] = readGateway(reading, value[currency], path)
  }
  return gateways
}

function readGateway(reading: Reading, value: unknown, keys: Keys): string {
  if (typeof value === 'string' && GATEWAYS.includes(value)) return value
  expected(reading, keys, 'not_a_choice', GATEWAYS.join(' or '), value)
  return 'sandbox'
}

const ROLES = ['admin', 'billing', 'member']

export function compileRoles(reading: Reading, top: Mapping): Record<string, string> {
  const roles = readMapping(reading, at(top, 'roles'), ['roles'], ROLES)
  const names: Record<string, string> = { admin: 'Admin', billing: 'Billing', member: 'Member' }
  for (const role of ROLES) names[role] = readText(reading, roles, role, ['roles']) ?? names[role]!
  return names
}

export function compileSupport(reading: Reading, top: Mapping): Catalog['support'] {
  const support = readMapping(reading, at(top, 'support'), ['support'], ['email', 'subject', 'ask'])
  const email = readText(reading, support, 'email', ['support'])
  if (email !== null && !/^[^\s@]+@[^\s@]+$/.test(email)) {
    expected(reading, ['support', 'email'], 'wrong_type', 'an e-mail address', email)
  }
  const ask = readList(at(support, 'ask'))
  ask.forEach((question, index) => {
    if (typeof question !== 'string')
      expected(reading, ['support', 'ask', index], 'wrong_type', 'a question', question)
  })
  return {
    email,
    subject: readText(reading, support, 'subject', ['support']),
    ask: ask.filter((question) => typeof question === 'string'),
  }
}

export function compileTheme(reading: Reading, top: Mapping): Catalog['theme'] {
  const theme = readMapping(reading, at(top, 'theme'), ['theme'], ['logo', 'color'])
  const logo = readText(reading, theme, 'logo', ['theme'])
  if (logo !== null && !/^(https:\/\/|\/(?!\/))/.test(logo)) {
    expected(reading, ['theme', 'logo'], 'wrong_type', 'an https address or a path', logo)
  }
  const color = readText(reading, theme, 'color', ['theme'])
  if (color !== null && !/^#[0-9A-Fa-f]{6}$/.test(color)) {
    expected(reading, ['theme', 'color'], 'wrong_type', 'a colour such as "#0a7f5a"', color)
  }
  return { logo, color }
}
