/**
 * A gateway whose own page is opened by a form needs a page of ours that holds the form. What that page
 * says comes in its link, signed, so that nothing is kept for it and nobody changes it on the way.
 */
import type { Money } from '@scrip/core'
import { hmacOf, isSameSignature } from './webhook-signature.ts'

export interface HostedCheckout {
  readonly projectId: number
  readonly gateway: string
  readonly orderId: string
  /** The public half of the gateway's key. */
  readonly keyId: string
  readonly total: Money
  /** Who sells, and what. */
  readonly seller: string
  readonly description: string
  /** Where the customer goes afterwards; the purchase's id is in it. */
  readonly returnUrl: string
}

const SIGNATURE_LENGTH = 64

export function sealHostedCheckout(secret: Buffer, checkout: HostedCheckout): string {
  const said = Buffer.from(JSON.stringify(checkout)).toString('base64url')
  return signatureOf(secret, said) + said
}

/** null for a link that was not made here. */
export function openHostedCheckout(secret: Buffer, token: string): HostedCheckout | null {
  const said = token.slice(SIGNATURE_LENGTH)
  if (!isSameSignature(signatureOf(secret, said), token.slice(0, SIGNATURE_LENGTH))) return null
  return JSON.parse(Buffer.from(said, 'base64url').toString('utf8')) as HostedCheckout
}

function signatureOf(secret: Buffer, said: string): string {
  return hmacOf(secret, `hosted checkout:${said}`)
}
