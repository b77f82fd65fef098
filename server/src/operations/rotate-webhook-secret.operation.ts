/** A new signing secret; until the old one's time is over, everything is signed with both. */
import type { Instant } from '@scrip/core'
import type { Session } from '../database/transaction.ts'
import { setEndpointSecrets } from '../database/webhooks.sql.ts'
import { makeWebhookSecret } from '../webhooks/signing.ts'
import type { Ask } from './ask.ts'
import { lockedEndpoint, sealWebhookSecret } from './webhook-endpoint.ts'

export async function rotateWebhookSecret(
  ask: Ask,
  session: Session,
  id: string,
  overlapMs: number,
): Promise<{ readonly secret: string; readonly previousUntil: Instant | null }> {
  const { secret: before } = await lockedEndpoint(ask, session, id)
  const updatedAt = ask.house.realTime()
  const secret = makeWebhookSecret()
  const overlaps = overlapMs > 0
  const previousUntil = overlaps ? updatedAt + overlapMs : null
  await setEndpointSecrets(session, id, {
    secret: sealWebhookSecret(ask, id, secret),
    previousSecret: overlaps ? before : null,
    previousUntil,
    updatedAt,
  })
  return { secret, previousUntil }
}
