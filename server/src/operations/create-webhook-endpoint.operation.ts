/** Makes a webhook endpoint, which hears of what happens from then on. Its secret is shown once. */
import type { Session } from '../database/transaction.ts'
import { countEndpoints, type EndpointRow, insertEndpoint } from '../database/webhooks.sql.ts'
import { freshId } from '../directory/keys.ts'
import { makeWebhookSecret } from '../webhooks/signing.ts'
import type { Ask } from './ask.ts'
import { Refused } from './refused.ts'
import {
  askLedgerToTell,
  checkEndpoint,
  type EndpointRequest,
  sealWebhookSecret,
} from './webhook-endpoint.ts'

const ENDPOINTS_MAX = 100

export async function createWebhookEndpoint(
  ask: Ask,
  session: Session,
  request: EndpointRequest,
): Promise<{ readonly endpoint: EndpointRow; readonly secret: string }> {
  await checkEndpoint(ask, session, request)
  if ((await countEndpoints(session, ask.project.id)) >= ENDPOINTS_MAX) {
    throw new Refused(
      'webhook_endpoint_limit_exceeded',
      `A project has ${ENDPOINTS_MAX} webhook endpoints at most.`,
    )
  }
  const createdAt = ask.house.realTime()
  const id = freshId('whe', createdAt)
  const secret = makeWebhookSecret()
  const sealed = sealWebhookSecret(ask, id, secret)
  const endpoint = await insertEndpoint(session, {
    ...request,
    id,
    projectId: ask.project.id,
    secret: sealed,
    createdAt,
  })
  await askLedgerToTell(ask, session)
  return { endpoint, secret }
}
