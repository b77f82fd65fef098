/**
 * The incoming door of gateways. An event is verified, kept, and only then acted on: what was kept is
 * answered for, so a gateway may forget it. One that cannot be handled stays in sight of staff and is tried
 * again; handling one twice changes nothing, because purchases count facts and not events.
 */
import type { Instant } from '@scrip/core'
import {
  type GatewayEventRow,
  keepGatewayEvent,
  markGatewayEventFailed,
  markGatewayEventHandled,
} from '../database/gateway-events.sql.ts'
import { projectsWithGateway } from '../database/gateways.sql.ts'
import { freshId } from '../directory/keys.ts'
import type { Project } from '../directory/projects.ts'
import {
  type Gateway,
  type GatewayEvent,
  GatewayFault,
  type OrderReport,
  WebhookRefused,
} from '../gateways/gateway.ts'
import { gatewayNamed, openGateway } from '../gateways/gateways.ts'
import type { Installation } from './installation.ts'
import { Refused } from './refused.ts'
import { settlePurchaseByReport } from './settle-purchase.ts'

export interface IncomingWebhook {
  readonly gateway: string
  /** null: the address names none, and it is the one whose secret signed it. */
  readonly projectId: number | null
  readonly headers: Readonly<Record<string, string | undefined>>
  /** As it came, byte by byte. */
  readonly body: Buffer
}

export type KeptEvent = GatewayEventRow<OrderReport>

/** Who received it tries at once; anybody else only when that is over. */
const OWN_TURN_MS = 60_000

/** Throws `WebhookRefused` for what no project's gateway signed; a database that is away is a fault, and the gateway repeats. */
export async function receiveGatewayEvent(
  house: Installation,
  incoming: IncomingWebhook,
): Promise<KeptEvent> {
  const { project, gateway, event } = await verify(house, incoming)
  const kept = await keep(house, project, gateway.name, event)
  return kept.status === 'handled' ? kept : handleGatewayEvent(house, project, gateway, kept)
}

interface Verified {
  readonly project: Project
  readonly gateway: Gateway
  readonly event: GatewayEvent
}

async function verify(house: Installation, incoming: IncomingWebhook): Promise<Verified> {
  const name = gatewayNamed(incoming.gateway)
  const { projectId, headers, body } = incoming
  const { pool } = house.database
  const ids = projectId === null ? await projectsWithGateway(pool, name) : [projectId]
  let refused: WebhookRefused | undefined
  for (const id of ids) {
    const project = await house.projects.find(id)
    if (project === null) continue
    try {
      const gateway = await openGateway(house, project, name)
      return { project, gateway, event: await gateway.readWebhook(headers, body, house.realTime()) }
    } catch (error) {
      refused = refusalOf(error)
    }
  }
  throw refused ?? nobodys()
}

/** Whether a project is here, and with which gateways, is nothing for whoever has no signature. */
function refusalOf(error: unknown): WebhookRefused {
  if (error instanceof WebhookRefused) return error
  if (error instanceof Refused) return nobodys()
  // Settings that do not open: the gateway repeats it until they do.
  if (error instanceof GatewayFault)
    throw new GatewayFault('The webhook cannot be verified now.', { cause: error })
  throw error
}

function nobodys(): WebhookRefused {
  return new WebhookRefused('It is signed by no gateway that is set up here.')
}

function keep(
  house: Installation,
  project: Project,
  gateway: string,
  { eventId, type, at, report, asks }: GatewayEvent,
): Promise<KeptEvent> {
  const receivedAt = house.realTime()
  const event = { projectId: project.id, gateway, eventId, type, at, report, asks: asks ?? null }
  const row = { ...event, id: freshId('gwe', receivedAt), receivedAt }
  return keepGatewayEvent<OrderReport>(house.database.pool, row, receivedAt + OWN_TURN_MS)
}

/** Acts on a kept event and writes down how that went. Never throws for the gateway's or the purchase's sake. */
async function handleGatewayEvent(
  house: Installation,
  project: Project,
  gateway: Gateway,
  event: KeptEvent,
): Promise<KeptEvent> {
  const { pool } = house.database
  const reason = await reasonNotHandled(house, project, gateway, event)
  const now = house.realTime()
  const attempts = event.attempts + 1
  if (reason === null) {
    await markGatewayEventHandled(pool, event.id, now)
    return { ...event, status: 'handled', reason: null, attempts, handledAt: now }
  }
  await markGatewayEventFailed(pool, event.id, reason, now + pauseMs(attempts))
  return { ...event, status: 'failed', reason, attempts }
}

/** The same for an event that was kept before. */
export async function tryGatewayEvent(house: Installation, event: KeptEvent): Promise<KeptEvent> {
  const project = await house.projects.find(event.projectId)
  if (project === null) throw new Refused('project_not_found', 'Its project is not here any more.')
  return handleGatewayEvent(house, project, await openGateway(house, project, event.gateway), event)
}

export async function putOffGatewayEvent(
  house: Installation,
  event: KeptEvent,
  error: unknown,
): Promise<void> {
  const dueAt = house.realTime() + pauseMs(event.attempts + 1)
  await markGatewayEventFailed(house.database.pool, event.id, wordsOf(error), dueAt)
}

const PURCHASE_UNKNOWN = 'purchase_unknown'

/** null: handled. Else why not, in one line for staff. */
async function reasonNotHandled(
  house: Installation,
  project: Project,
  gateway: Gateway,
  { report, asks }: KeptEvent,
): Promise<string | null> {
  try {
    if (report !== null) {
      const outcome = await settlePurchaseByReport(house, project, gateway.name, report)
      if (outcome === 'settled') return null
      if (report.purchaseId !== null) return PURCHASE_UNKNOWN
    }
    const asked = asks ?? report?.orderId ?? null
    return asked === null ? null : await settleByAsking(house, project, gateway, asked, report !== null)
  } catch (error) {
    return wordsOf(error)
  }
}

/** What the event did not say, the gateway does. An order of nobody's here is none of ours. */
async function settleByAsking(
  house: Installation,
  project: Project,
  gateway: Gateway,
  asked: string,
  isOrder: boolean,
): Promise<string | null> {
  const report = await gateway.ask(asked)
  const outcome = await settlePurchaseByReport(house, project, gateway.name, report)
  if (outcome === 'settled' || (report.purchaseId === null && !isOrder)) return null
  return PURCHASE_UNKNOWN
}

const REASON_LENGTH_MAX = 300

function wordsOf(error: unknown): string {
  const words = error instanceof GatewayFault || error instanceof Refused ? error.message : String(error)
  return words.slice(0, REASON_LENGTH_MAX)
}

const PAUSE_MIN_MS = 60_000
const PAUSE_MAX_MS = 6 * 3_600_000

/** A minute, two, four, … six hours. */
function pauseMs(attempts: number): number {
  return Math.min(PAUSE_MIN_MS * 2 ** Math.min(attempts - 1, 20), PAUSE_MAX_MS)
}

/** The latest instant at which an event that is claimed now is tried again by somebody else. */
export function claimUntil(now: Instant): Instant {
  return now + OWN_TURN_MS
}
