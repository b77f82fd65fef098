/** The sandbox's webhooks: signed as real ones are, over the time and the raw bytes, and read with the same distrust. */
import type { Instant, PaymentFact } from '@scrip/core'
import { type GatewayEvent, WebhookRefused } from '../gateway.ts'
import { hmacOf, isOfNow, isSameSignature, parseSigned } from '../webhook-signature.ts'
import { reportOf, type SandboxOrder } from './sandbox-order.ts'

export interface SignedWebhook {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

const HEADER = 'scrip-sandbox-signature'

/** One fact a webhook, as real gateways tell them. `now` is the instant of the signature, in real time. */
export function signSandboxEvent(
  secret: string,
  order: SandboxOrder,
  event: { readonly id: string; readonly fact: PaymentFact },
  now: Instant,
): SignedWebhook {
  const report = { ...reportOf(order), facts: [event.fact] }
  const said = { id: event.id, type: `order.${event.fact.kind}`, at: event.fact.at, report }
  const body = Buffer.from(JSON.stringify(said))
  const seconds = Math.floor(now / 1000)
  const signature = hmacOf(secret, `${seconds}.`, body)
  return { headers: { [HEADER]: `t=${seconds},v1=${signature}` }, body }
}

export function readSandboxEvent(
  secret: string,
  headers: Readonly<Record<string, string | undefined>>,
  body: Buffer,
  now: Instant,
): GatewayEvent {
  const match = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(headers[HEADER] ?? '')
  if (match === null) throw new WebhookRefused(`There is no ${HEADER} as the sandbox writes it.`)
  const [, seconds = '', signature = ''] = match
  if (!isSameSignature(hmacOf(secret, `${seconds}.`, body), signature)) {
    throw new WebhookRefused('The signature is not of these bytes.')
  }
  if (!isOfNow(Number(seconds) * 1000, now)) throw new WebhookRefused('The signature is too old.')
  const { id, type, at, report } = parseSigned(body) as GatewayEvent & { readonly id: string }
  return { eventId: id, type, at, report }
}
