/**
 * A refusal of the rules as the caller sees it: credits with the project's decimals, instants as text,
 * and, where credits or access are missing, every way out that would work.
 */
import {
  type Catalog,
  type Command,
  CREDIT_FACTS,
  type Credits,
  formatCredits,
  formatMoney,
  type Instant,
  type Person,
  type PoolState,
  type Refusal,
  type Remedy,
  remediesForAccess,
  remediesForCredits,
} from '@scrip/core'
import { accountById } from '../database/accounts.sql.ts'
import { listMemberRows, type MemberRow } from '../database/members.sql.ts'
import { sayInstant } from '../ledger/replay.ts'
import { type Ask, decimalsOf } from './ask.ts'
import { Refused } from './refused.ts'

export async function refusedWith(
  ask: Ask,
  state: PoolState,
  refusal: Refusal,
  command: Command,
): Promise<Refused> {
  const decimals = decimalsOf(ask.project)
  const remedies = await remediesOf(ask, state, refusal, command)
  const facts = { ...sayFacts(refusal.facts, decimals), ...(remedies === null ? {} : { remedies }) }
  return new Refused(refusal.code, sayDetail(refusal, decimals), facts, refusal.path ?? null)
}

/** A refusal of the rules of buying, which no command is behind. */
export function refusalSaid(ask: Ask, refusal: Refusal): Refused {
  const decimals = decimalsOf(ask.project)
  const facts = sayFacts(refusal.facts, decimals)
  return new Refused(refusal.code, sayDetail(refusal, decimals), facts, refusal.path ?? null)
}

const INSTANT_FACTS: ReadonlySet<string> = new Set([
  'endsAt',
  'endedAt',
  'expiredAt',
  'expiresAt',
  'from',
  'until',
])

function sayFacts(facts: Refusal['facts'], decimals: number): Record<string, unknown> {
  const said: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(facts)) {
    if (Array.isArray(value) && CREDIT_FACTS.has(name))
      said[name] = value.map((credits) => formatCredits(credits as number, decimals))
    else if (typeof value !== 'number') said[name] = value
    else if (CREDIT_FACTS.has(name)) said[name] = formatCredits(value, decimals)
    else said[name] = INSTANT_FACTS.has(name) ? sayInstant(value) : value
  }
  return said
}

/** The rules count in the smallest unit; their sentence is put into credits where that is not the same. */
function sayDetail({ detail, facts }: Refusal, decimals: number): string {
  if (decimals === 0) return detail
  const said = new Map<string, string>()
  for (const [name, value] of Object.entries(facts)) {
    if (!CREDIT_FACTS.has(name)) continue
    for (const credits of Array.isArray(value) ? value : [value])
      if (typeof credits === 'number') said.set(`${credits}`, `${formatCredits(credits, decimals)}`)
  }
  // One pass, so that no number is put into credits twice; what stands in quotation marks is a name.
  return detail.replace(/“[^”]*”|\d+/g, (part) => said.get(part) ?? part)
}

const WITHOUT_ACCESS: ReadonlySet<string> = new Set(['access_inactive', 'plan_required'])

async function remediesOf(
  ask: Ask,
  state: PoolState,
  refusal: Refusal,
  command: Command,
): Promise<AnyRemedy[] | null> {
  const { code, facts } = refusal
  const catalogs = ask.project.catalogs
  if (WITHOUT_ACCESS.has(code)) {
    const plans = Array.isArray(facts.plans) ? (facts.plans as string[]) : []
    const buyer = await buyerOf(ask, state, command)
    return sayRemedies(remediesForAccess(state, catalogs, plans, buyer), catalogs.at(state.at))
  }
  if (code !== 'insufficient_credits' || (command.type !== 'charge' && command.type !== 'hold')) return null
  const { action, quantities, options } = command
  const wanted = { action, quantities, options, required: facts.required as Credits }
  const buyer = await buyerOf(ask, state, command)
  return sayRemedies(remediesForCredits(state, catalogs, wanted, buyer), catalogs.at(state.at))
}

/** Who would have to buy: the product itself where nobody is named; a member only with the role for it. */
export async function buyerOf(
  ask: Ask,
  state: PoolState,
  command: { readonly accountId: string; readonly userId?: string | null },
) {
  const { pool } = ask.house.database
  const catalog = ask.project.catalogs.at(state.at)
  const [owner, members] = await Promise.all([
    accountById(pool, ask.project.id, state.ownerId),
    listMemberRows(pool, ask.project.id, command.accountId),
  ])
  const member = members.find(({ userId }) => userId === command.userId)
  const currency = owner?.currency ?? catalog.currencies[0] ?? 'USD'
  const gateway = catalog.gateway[currency] ?? catalog.gateway['*']
  return {
    currency,
    mayBuy: member === undefined || member.role !== 'member',
    admins: members.filter(({ role }) => role !== 'member').map(personOf),
    sellsThroughStaff: gateway === 'manual',
  }
}

function personOf({ userId, name, email }: MemberRow): Person {
  return { userId, name, email }
}

export type AnyRemedy = Readonly<Record<string, unknown>> & { readonly kind: string; readonly title: string }

/** Remedies in credits and words, in the order in which a customer would try them. */
export function sayRemedies(remedies: readonly Remedy[], catalog: Catalog): AnyRemedy[] {
  const { decimals } = catalog.credit
  return remedies.map((remedy) => {
    const said: Record<string, unknown> = { ...remedy }
    if ('credits' in remedy) said.credits = formatCredits(remedy.credits, decimals)
    if ('availableAfter' in remedy) said.availableAfter = formatCredits(remedy.availableAfter, decimals)
    if ('at' in remedy) said.at = sayInstant(remedy.at)
    return { ...said, kind: remedy.kind, title: titleOf(remedy, catalog) }
  })
}

function titleOf(remedy: Remedy, catalog: Catalog): string {
  const words = (credits: Credits): string => sayCredits(credits, catalog)
  switch (remedy.kind) {
    case 'reduce':
      return `${remedy.max} ${remedy.quantity} (${words(remedy.credits)})`
    case 'wait':
      return `Refill of ${formatCredits(remedy.credits, catalog.credit.decimals)} on ${sayDay(remedy.at)}`
    case 'buyPack':
      return `${remedy.name}: ${words(remedy.credits)} for ${formatMoney(remedy.price)}`
    case 'topUp':
      return remedy.price === null
        ? `Top-up of ${words(remedy.credits)}`
        : `Top-up of ${words(remedy.credits)} for ${formatMoney(remedy.price)}`
    case 'changePlan':
    case 'choosePlan':
      return `${remedy.name}: ${words(remedy.credits)}${everyOf(remedy.plan, catalog)}`
    case 'buyLifetime':
      return remedy.price === null ? remedy.name : `${remedy.name} for ${formatMoney(remedy.price)}`
    case 'resume':
      return 'Resume the subscription'
    case 'updatePayment':
      return 'Update the payment method'
    case 'askAdmin':
      return remedy.admins.length === 0
        ? 'Ask an admin of your account'
        : `Ask ${remedy.admins.map(({ name, userId }) => name ?? userId).join(' or ')}`
    case 'requestTopUp':
      return `Request a top-up of at least ${words(remedy.credits)}`
  }
}

export function sayCredits(credits: Credits, catalog: Catalog): string {
  const { one, many, decimals } = catalog.credit
  return `${formatCredits(credits, decimals)} ${credits === 10 ** decimals ? one : many}`
}

function everyOf(plan: string, catalog: Catalog): string {
  const every = catalog.plans[plan]?.creditsEvery
  if (every == null) return ''
  return every.count === 1 ? ` a ${every.unit}` : ` every ${every.count} ${every.unit}s`
}

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' })

function sayDay(at: Instant): string {
  return DAY.format(at)
}
