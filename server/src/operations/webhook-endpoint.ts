/** What the operations of webhook endpoints share: finding one, judging what is asked, telling the ledger. */
import { editDistance } from '@scrip/core'
import { accountById } from '../database/accounts.sql.ts'
import type { Session } from '../database/transaction.ts'
import { type EndpointRow, lockEndpoint } from '../database/webhooks.sql.ts'
import { writeAskedFor } from '../events/asked-for.ts'
import { EVENT_TYPE_NAMES } from '../events/event-types.ts'
import { urlFault } from '../webhooks/address.ts'
import { secretPlace } from '../webhooks/signing.ts'
import { type Ask, accountNotFound } from './ask.ts'
import { Refused } from './refused.ts'

export interface EndpointRequest {
  readonly url: string
  readonly description: string | null
  readonly types: readonly string[]
  readonly accountId: string | null
}

export function endpointNotFound(id: string): Refused {
  return new Refused('webhook_endpoint_not_found', `There is no webhook endpoint ${id}.`)
}

export async function lockedEndpoint(ask: Ask, session: Session, id: string): Promise<EndpointRow> {
  const endpoint = await lockEndpoint(session, ask.project.id, id)
  if (endpoint === null) throw endpointNotFound(id)
  return endpoint
}

export async function checkEndpoint(ask: Ask, session: Session, request: EndpointRequest): Promise<void> {
  const { house, project } = ask
  const fault = urlFault(request.url, {
    allowsPrivate: house.webhooksMayBePrivate,
    isLive: project.mode === 'live',
  })
  if (fault !== null) {
    throw new Refused('url_not_allowed', `Expected ${fault}.`, { expected: fault, found: request.url }, 'url')
  }
  request.types.forEach(refuseUnknownType)
  if (request.accountId === null) return
  const account = await accountById(session, project.id, request.accountId)
  if (account === null) throw accountNotFound(request.accountId)
}

function refuseUnknownType(type: string, index: number): void {
  const families = EVENT_TYPE_NAMES.map((name) => `${name.slice(0, name.indexOf('.'))}.*`)
  const known = [...EVENT_TYPE_NAMES, ...new Set(families)]
  if (known.includes(type)) return
  const [nearest] = known.toSorted((one, other) => editDistance(one, type) - editDistance(other, type))
  throw new Refused(
    'event_type_unknown',
    `There is no event ${type}; the nearest name is ${nearest}.`,
    { found: type, nearest },
    `types[${index}]`,
  )
}

/** What stands in the database is sealed; of a live project by the operator's own key alone. */
export function sealWebhookSecret(ask: Ask, endpointId: string, secret: string): Buffer {
  const { secrets } = ask.house
  if (ask.project.mode === 'live' && !secrets.isGiven) {
    throw new Refused(
      'secret_key_required',
      'Start the server with SCRIP_SECRET_KEY: 32 random bytes in base64, by which secrets are sealed at rest.',
    )
  }
  return secrets.seal(secret, secretPlace(endpointId))
}

/** Last in the transaction: what commits tell follows from the endpoints as they are then. */
export function askLedgerToTell(ask: Ask, session: Session): Promise<void> {
  return writeAskedFor(session, ask.project.id)
}
