/** Requests that each make sense and come in no sensible order: what a product's backend does on its worst day. */
import { expect } from 'vitest'
import { type Random, randomFrom } from '../simulation/random.ts'
import type { Answer, Method, Product } from './product.ts'

interface Offered {
  readonly actions: readonly OfferedAction[]
  readonly plans: readonly string[]
}

interface OfferedAction {
  readonly id: string
  readonly quantities: Readonly<Record<string, unknown>>
  readonly options: Readonly<
    Record<string, { readonly values: readonly string[] | null; readonly many: boolean }>
  >
}

interface Request {
  readonly method: Method
  readonly path: string
  readonly body?: object
}

/** What earlier answers named. */
interface Known {
  readonly charges: string[]
  readonly holds: string[]
  readonly lots: string[]
  readonly quotes: string[]
}

const ASKED = 250

/** `SEED=7 npx vitest run tests/scenarios` asks in another order. */
const seed = Number(process.env.SEED ?? 1)

/** Asks things of three accounts, two of which share a pool. Whatever their state, each is answered or refused: no 5xx. */
export async function askInAnyOrder(product: Product): Promise<void> {
  const random = randomFrom(seed)
  const offered = await offeredBy(product)
  const parent = await product.account()
  const child = await product.account({ parentId: parent, pool: 'parent' })
  const accounts = [parent, child, await product.account({ timeZone: 'Asia/Kolkata' })]
  const known: Known = { charges: [], holds: [], lots: [], quotes: [] }
  for (let asked = 0; asked < ASKED; asked++) {
    const { method, path, body } = anyRequest(random, offered, known, random.pick(accounts))
    const answer = await product.call(method, path, body)
    const request = `SEED=${seed}: ${method} ${path} ${JSON.stringify(body)}: ${answer.text}`
    expect(answer.status, request).toBeLessThan(500)
    if (answer.status < 300) remember(known, answer)
  }
}

async function offeredBy(product: Product): Promise<Offered> {
  const actions = (await product.get('/actions')).body.data
  const plans = (await product.get('/plans')).body.data
  return { actions, plans: plans.map((plan: { id: string }) => plan.id) }
}

function remember(known: Known, { body }: Answer): void {
  const id: unknown = body?.id
  if (typeof id !== 'string') return
  if (id.startsWith('chg_')) known.charges.push(id)
  if (id.startsWith('hold_')) known.holds.push(id)
  if (id.startsWith('lot_')) known.lots.push(id)
  if (id.startsWith('quo_')) known.quotes.push(id)
}

function anyRequest(random: Random, offered: Offered, known: Known, accountId: string): Request {
  const account = `/accounts/${accountId}`
  const spend = () => ({ accountId, ...anySpend(random, offered) })
  const kinds: readonly (() => Request)[] = [
    () => post('/charges', spend()),
    () => post('/charges', spend()),
    () => post('/holds', { ...spend(), timeoutSeconds: random.between(1, 2_000_000) }),
    () => post('/holds', spend()),
    () => post(`/holds/${recent(random, known.holds)}/captures`, anyPart(random, offered)),
    () => post(`/holds/${recent(random, known.holds)}/release`, {}),
    () => ({ method: 'PATCH', path: `/holds/${recent(random, known.holds)}`, body: { timeoutSeconds: 60 } }),
    () => post(`/charges/${recent(random, known.charges)}/refunds`, anyPart(random, offered)),
    () => post('/quotes', spend()),
    () => post(random.pick(['/charges', '/holds']), { quoteId: recent(random, known.quotes) }),
    () =>
      post('/grants', {
        accountId,
        kind: 'promotional',
        credits: random.between(1, 200),
        ...anyLife(random),
      }),
    () => post('/adjustments', { accountId, credits: random.between(1, 50) - 51 }),
    () => post(`/lots/${recent(random, known.lots)}/void`, random.chance(0.5) ? {} : { credits: 5 }),
    () => ({ method: 'PUT', path: `${account}/subscription`, body: anySubscription(random, offered) }),
    () => ({ method: 'DELETE', path: `${account}/subscription?when=${random.pick(['now', 'periodEnd'])}` }),
    () =>
      post(
        `${account}/subscription/${random.pick(['pause', 'resume', 'payment-failed', 'payment-received'])}`,
        {},
      ),
    () => post('/test-clock', { accountId, ...anyMove(random) }),
    () => ({
      method: 'PUT',
      path: `${account}/budgets/all`,
      body: { limit: random.between(50, 900), every: 'week' },
    }),
    () => ({ method: 'GET', path: `${account}${random.pick(READS)}` }),
  ]
  return random.pick(kinds)()
}

const READS = [
  '/credits?include=lots',
  '/credits/explanation',
  '/transactions',
  '/usage/months',
  '/usage/breakdown?by=action',
  '?include=credits,subscription,members',
] as const

function post(path: string, body: object): Request {
  return { method: 'POST', path, body }
}

/** One of the last few, which are likelier to be still under way; before there is one, an id of nothing. */
function recent(random: Random, ids: readonly string[]): string {
  return ids.length === 0 ? 'none' : random.pick(ids.slice(-4))
}

function anySpend(random: Random, { actions }: Offered): object {
  const { id, quantities, options } = random.pick(actions)
  return { action: id, quantities: anyQuantities(random, quantities), options: anyOptions(random, options) }
}

function anyQuantities(random: Random, quantities: OfferedAction['quantities']): object {
  const named = Object.keys(quantities).filter(() => random.chance(0.9))
  return Object.fromEntries(named.map((name) => [name, random.between(0, 9)]))
}

function anyOptions(random: Random, options: OfferedAction['options']): object {
  const named = Object.entries(options).filter(() => random.chance(0.7))
  return Object.fromEntries(
    named.map(([name, { values, many }]) => {
      const value = random.pick(values ?? ['any'])
      return [name, many ? [value] : value]
    }),
  )
}

/** Of a capture or a refund: all that is left, some credits, or what really happened. */
function anyPart(random: Random, { actions }: Offered): object {
  const how = random.between(0, 2)
  if (how === 0) return {}
  return how === 1
    ? { credits: random.between(1, 9) }
    : { quantities: anyQuantities(random, random.pick(actions).quantities) }
}

function anyLife(random: Random): object {
  return random.pick([{}, {}, { expiresAt: '2026-06-01' }, { effectiveAt: '2026-09-01' }])
}

function anySubscription(random: Random, { plans }: Offered): object {
  const plan = plans.length === 0 ? 'none' : random.pick(plans)
  return random.pick([
    { plan },
    { plan, when: 'now' },
    { plan, when: 'periodEnd' },
    { plan, trial: true },
    { plan, credits: 77 },
  ])
}

function anyMove(random: Random): object {
  return random.pick([
    { advance: '3 hours' },
    { advance: '10 days' },
    { to: 'nextRefill' },
    { to: 'nextExpiry' },
  ])
}
