/** What a link in a mail says: who stops what. Signed, so that nobody stops another's mails by guessing. */
import { createHmac, timingSafeEqual } from 'node:crypto'

export interface Unsubscription {
  readonly project: number
  readonly accountId: string
  readonly address: string
  readonly topic: string
}

const SIGNATURE_LENGTH = 22

export function sealUnsubscription(secret: Buffer, asked: Unsubscription): string {
  const said = [asked.project, asked.accountId, asked.address, asked.topic]
  const payload = Buffer.from(JSON.stringify(said)).toString('base64url')
  return sign(secret, payload) + payload
}

/** null for what was not sealed here. */
export function openUnsubscription(secret: Buffer, token: string): Unsubscription | null {
  const [signature, payload] = [token.slice(0, SIGNATURE_LENGTH), token.slice(SIGNATURE_LENGTH)]
  const expected = Buffer.from(sign(secret, payload))
  const given = Buffer.from(signature)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
  const [project, accountId, address, topic] = JSON.parse(Buffer.from(payload, 'base64url').toString())
  return { project, accountId, address, topic }
}

function sign(secret: Buffer, payload: string): string {
  const signed = createHmac('sha256', secret).update(`unsubscribe:${payload}`)
  return signed.digest('base64url').slice(0, SIGNATURE_LENGTH)
}
