import { expect, test } from 'vitest'
import type { Database } from '../../server/src/database/database.ts'
import {
  actOnOrder,
  findOrder,
  openSandbox,
  type SandboxFacts,
} from '../../server/src/gateways/sandbox/sandbox.ts'
import { DECLINING_CARD, type SandboxActName } from '../../server/src/gateways/sandbox/sandbox-order.ts'
import { signSandboxEvent } from '../../server/src/gateways/sandbox/sandbox-webhook.ts'
import { hmacOf } from '../../server/src/gateways/webhook-signature.ts'
import { describeOnEachDatabase } from '../support/databases.ts'
import { makeProject } from '../support/sample-project.ts'
import { describeGateway } from './conformance.ts'
import { aCheckout, type FarSide, type SignedWebhook } from './far-side.ts'

const NOW = Date.UTC(2026, 10, 20, 12)
const SECRET = 'the secret of a sandbox'

async function factsOf(database: Database): Promise<SandboxFacts> {
  const { id } = await makeProject(database)
  return { database, projectId: id, secret: SECRET, publicUrl: 'https://scrip.example.com', now: () => NOW }
}

async function openFarSide(database: Database): Promise<FarSide> {
  const facts = await factsOf(database)
  let events = 0
  const sign = (body: Buffer, at: number, secret = SECRET): SignedWebhook => {
    const seconds = Math.floor(at / 1000)
    const signature = `t=${seconds},v1=${hmacOf(secret, `${seconds}.`, body)}`
    return { headers: { 'scrip-sandbox-signature': signature }, body }
  }
  const acts =
    (act: SandboxActName) =>
    async (orderId: string, amount: number | null = null) => {
      const order = await actOnOrder(facts, orderId, { act, amount }, NOW)
      const fact = order.payment.facts.at(-1)!
      return signSandboxEvent(SECRET, order, { id: `sbe_${++events}`, fact }, NOW)
    }
  const tells = (act: SandboxActName) => (orderId: string) => acts(act)(orderId)
  return {
    gateway: openSandbox(facts),
    now: () => NOW,
    pay: tells('pay'),
    decline: tells('decline'),
    close: tells('abandon'),
    begin: tells('delay'),
    refund: acts('refund'),
    dispute: tells('dispute'),
    endDispute: (orderId, won) => acts(won ? 'winDispute' : 'loseDispute')(orderId),
    again({ body }) {
      const said = { ...JSON.parse(body.toString()), id: `sbe_${++events}` }
      return sign(Buffer.from(JSON.stringify(said)), NOW)
    },
    sign,
    signsTime: true,
    decliningCard: () => DECLINING_CARD,
    be: () => undefined,
    stop: async () => undefined,
  }
}

describeOnEachDatabase('the sandbox', (database) => {
  describeGateway({
    name: 'sandbox',
    open: () => openFarSide(database()),
    cannot: {
      'is reached over a network': 'the sandbox is in the same database: it is away when Scrip is',
      'takes any amount': 'the sandbox has one currency an order; another amount is tested beside this',
    },
  })

  test('a payment of another amount is told as it is', async () => {
    const facts = await factsOf(database())
    const { orderId } = await openSandbox(facts).openCheckout(aCheckout())
    await actOnOrder(facts, orderId, { act: 'pay', amount: 2 }, NOW)
    expect((await openSandbox(facts).ask(orderId)).facts).toMatchObject([
      { kind: 'paid', money: { amount: 2, currency: 'USD' } },
    ])
  })

  test('what cannot happen to an order is refused, and changes nothing', async () => {
    const facts = await factsOf(database())
    const { orderId } = await openSandbox(facts).openCheckout(aCheckout())
    const act = (name: SandboxActName) => actOnOrder(facts, orderId, { act: name, amount: null }, NOW)
    for (const name of ['refund', 'dispute', 'winDispute', 'loseDispute', 'payAgain'] as const) {
      await expect(act(name)).rejects.toMatchObject({ name: 'GatewayFault', retryable: false })
    }
    expect((await findOrder(database(), orderId))?.payment.facts).toEqual([])
    await act('pay')
    for (const name of ['pay', 'decline', 'abandon', 'delay', 'winDispute'] as const) {
      await expect(act(name)).rejects.toMatchObject({ name: 'GatewayFault', retryable: false })
    }
    expect((await findOrder(database(), orderId))?.payment.facts).toHaveLength(1)
  })

  test('of two who pay an order at once one pays it', async () => {
    const facts = await factsOf(database())
    const { orderId } = await openSandbox(facts).openCheckout(aCheckout())
    const pays = Array.from({ length: 10 }, () =>
      actOnOrder(facts, orderId, { act: 'pay', amount: null }, NOW),
    )
    const outcomes = await Promise.allSettled(pays)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect((await openSandbox(facts).ask(orderId)).facts).toHaveLength(1)
  })

  test('an order of another project is unknown', async () => {
    const [own, other] = [await factsOf(database()), await factsOf(database())]
    const { orderId } = await openSandbox(own).openCheckout(aCheckout())
    await expect(openSandbox(other).ask(orderId)).rejects.toMatchObject({ retryable: false })
  })
})
