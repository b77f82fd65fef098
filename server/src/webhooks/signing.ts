/** Signatures of Standard Webhooks. While a secret is exchanged there are two, and either will do. */
import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'

const SECRET_BYTES = 32

/** `whsec_` and 32 random bytes in base64. */
export function makeWebhookSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`
}

/** The place of an endpoint's secret, to which it is sealed. */
export function secretPlace(endpointId: string): string {
  return `webhook:${endpointId}`
}

export interface Letter {
  /** The event's id, the same in every delivery of it. */
  readonly id: string
  readonly body: string
}

export type Sign = (letter: Letter, atMs: number) => Readonly<Record<string, string>>

/** The headers of a letter, signed with each of the secrets. */
export function openSigner(secrets: readonly string[], userAgent: string): Sign {
  const signers = secrets.map((secret) => new Webhook(secret))
  return ({ id, body }, atMs) => {
    const at = new Date(atMs)
    return {
      'content-type': 'application/json',
      'user-agent': userAgent,
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(atMs / 1000)),
      'webhook-signature': signers.map((signer) => signer.sign(id, at, body)).join(' '),
    }
  }
}
