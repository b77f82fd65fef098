/** What every gateway promises of webhooks: only its own are taken, byte by byte, and each counts once. */
import { expect } from 'vitest'
import { WebhookRefused } from '../../server/src/gateways/gateway.ts'
import { randomFrom } from '../simulation/random.ts'
import type { Bench } from './bench.ts'
import type { SignedWebhook } from './far-side.ts'

const MUTATIONS = 5_000

export function proveRepeats({ far, proves, ordered, read }: Bench): void {
  proves('a webhook sent twice has one id', ['sends webhooks'], async () => {
    const { orderId } = await ordered()
    const { headers, body } = await far().pay(orderId)
    const [first, second] = [
      await far().gateway.readWebhook(headers, body, far().now()),
      await far().gateway.readWebhook(headers, body, far().now()),
    ]
    expect(second).toEqual(first)
  })

  proves('the same payment under another event is one payment', ['sends webhooks'], async () => {
    const { orderId, payment } = await ordered()
    const webhook = await far().pay(orderId)
    const other = far().again(webhook)
    const idOf = async ({ headers, body }: SignedWebhook) =>
      (await far().gateway.readWebhook(headers, body, far().now())).eventId
    expect(await idOf(other)).not.toBe(await idOf(webhook))
    const facts = [...(await read(webhook)).facts, ...(await read(other)).facts]
    expect(payment(facts)).toMatchObject({ status: 'paid', paid: 1500, second: [] })
  })
}

export function proveSignatures({ far, proves, ordered, refused }: Bench): void {
  proves('a webhook that somebody else signed is refused', ['sends webhooks'], async () => {
    const { body } = await far().pay((await ordered()).orderId)
    expect(await refused(far().sign(body, far().now(), 'whsec_anothersecret'))).toBe('refused')
    expect(await refused({ headers: {}, body })).toBe('refused')
    expect(await refused(far().sign(body, far().now()))).toBe('accepted')
  })

  proves('a webhook of another time is not taken at its word', ['sends webhooks'], async () => {
    const { body } = await far().pay((await ordered()).orderId)
    if (far().signsTime) {
      expect(await refused(far().sign(body, far().now() - 301_000))).toBe('refused')
      expect(await refused(far().sign(body, far().now() + 301_000))).toBe('refused')
      expect(await refused(far().sign(body, far().now() - 290_000))).toBe('accepted')
    } else {
      const { headers } = far().sign(body, far().now())
      const old = await far().gateway.readWebhook(headers, body, far().now() + 310_000)
      expect(old).toMatchObject({ report: null, asks: expect.any(String) })
      await expect(far().gateway.readWebhook(headers, body, far().now() - 310_000)).rejects.toThrow(
        WebhookRefused,
      )
    }
  })

  proves('a body changed by one byte is refused, wherever the byte is', ['sends webhooks'], async () => {
    const { headers, body } = await far().pay((await ordered()).orderId)
    const outcomes = new Set<unknown>()
    for (let place = 0; place < body.length; place++) {
      const changed = Buffer.from(body)
      changed[place] = changed[place]! ^ 1
      outcomes.add(await refused({ headers, body: changed }))
    }
    const mark = Buffer.from([0xef, 0xbb, 0xbf])
    outcomes.add(await refused({ headers, body: Buffer.concat([mark, body]) }))
    expect([...outcomes]).toEqual(['refused'])
  })
}

export function proveMutations({ far, proves, ordered, refused, name }: Bench): void {
  proves(`of ${MUTATIONS} mutated webhooks none is accepted`, ['sends webhooks'], async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
    console.log(`${name}: ${MUTATIONS} mutated webhooks, seed ${seed}`)
    const random = randomFrom(seed)
    const { orderId } = await ordered()
    const genuine = [await far().decline(orderId), await far().pay(orderId), await far().refund(orderId, 100)]
    for (let count = 0; count < MUTATIONS; count++) {
      const mutated = mutate(random, random.pick(genuine), random.pick(genuine))
      if (mutated === null) continue
      expect(await refused(mutated.webhook), `${mutated.how}, number ${count} of seed ${seed}`).toBe(
        'refused',
      )
    }
    for (const webhook of genuine) expect(await refused(webhook)).toBe('accepted')
  })
}

type Random = ReturnType<typeof randomFrom>

/** null where the change makes no difference. */
function mutate(
  random: Random,
  { headers, body }: SignedWebhook,
  other: SignedWebhook,
): { readonly how: string; readonly webhook: SignedWebhook } | null {
  const how = random.pick([
    'flip',
    'cut',
    'add',
    'insert',
    'double',
    'amount',
    'signature',
    'swap',
    'none',
  ] as const)
  const place = random.below(body.length)
  const changed = (to: Buffer) => (to.equals(body) ? null : { how, webhook: { headers, body: to } })
  const byte = Buffer.from([random.below(256)])
  switch (how) {
    case 'flip': {
      const flipped = Buffer.from(body)
      flipped[place] = flipped[place]! ^ (1 << random.below(8))
      return changed(flipped)
    }
    case 'cut':
      return changed(body.subarray(0, place))
    case 'add':
      return changed(Buffer.concat([body, byte]))
    case 'insert':
      return changed(Buffer.concat([body.subarray(0, place), byte, body.subarray(place)]))
    case 'double':
      return changed(Buffer.concat([body, body]))
    case 'amount':
      return changed(
        Buffer.from(
          body.toString().replace(/\d+/g, (digits) => (random.chance(0.2) ? `${digits}0` : digits)),
        ),
      )
    case 'signature': {
      const [name, value] = random.pick(Object.entries(headers))
      // Hexadecimal digits alone: what else stands in the header is not what is compared.
      const places = [...value.matchAll(/[0-9a-f]/g)].map(({ index }) => index)
      const at = random.pick(places)
      const digit = random.pick([...'0123456789abcdef'])
      if (value[at] === digit) return null
      return {
        how,
        webhook: { headers: { ...headers, [name]: value.slice(0, at) + digit + value.slice(at + 1) }, body },
      }
    }
    case 'swap':
      return body.equals(other.body) ? null : { how, webhook: { headers: other.headers, body } }
    case 'none':
      return { how, webhook: { headers: {}, body } }
  }
}
