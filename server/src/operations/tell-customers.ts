/** Makes notices and mails of what happened to accounts: each event once, in the order of the project's stream. */
import { type AccountRow, accountById } from '../database/accounts.sql.ts'
import { giveEventPlaces, lastEventPosition } from '../database/events.sql.ts'
import {
  eventsBetween,
  insertNotice,
  lockNoticeCursor,
  projectsWithNews,
  setNoticeCursor,
  type ToldEvent,
} from '../database/notices.sql.ts'
import { notificationsOf } from '../database/notifications.sql.ts'
import { inTransaction, type Session } from '../database/transaction.ts'
import type { Project } from '../directory/projects.ts'
import { MAIL_KINDS, type MailKind, settingOf, type Topic } from '../notices/topics.ts'
import type { Installation } from './installation.ts'
import { writeMails } from './write-mails.ts'

const AT_ONCE = 200
const PLACES_AT_ONCE = 1000

/** What is told, and by which mail. Of receipts and invoices the mail is written where they are made. */
const MAIL_OF: Readonly<Record<string, MailKind>> = {
  'credits.low': 'low',
  'credits.exhausted': 'exhausted',
  'credits.restored': 'restored',
  'purchase.failed': 'payment_failed',
  'purchase.stuck': 'payment_stuck',
}

/** Shown to who looks after the account, and not written about. */
const NOTICE_ONLY = ['credits.expiring', 'subscription.expiring', 'purchase.paid', 'top_up.refused'] as const

const NOTICE_TYPES: readonly string[] = [...Object.keys(MAIL_OF), ...NOTICE_ONLY]

/** Under which topic a user refuses a type's notices. */
export const NOTICE_TOPICS: Readonly<Record<string, Topic>> = {
  ...Object.fromEntries(Object.entries(MAIL_OF).map(([type, kind]) => [type, MAIL_KINDS[kind]])),
  'credits.expiring': 'low',
  'subscription.expiring': 'payments',
  'purchase.paid': 'payments',
  'top_up.refused': 'payments',
}

/** One round over all projects; true where more is waiting. */
export async function tellCustomers(house: Installation, signal: AbortSignal): Promise<boolean> {
  const { pool } = house.database
  let isMore = (await giveEventPlaces(pool, PLACES_AT_ONCE)) >= PLACES_AT_ONCE
  for (const id of await projectsWithNews(pool)) {
    if (signal.aborted) return false
    const told = await inTransaction(pool, (session) => tellOfProject(session, { id }))
    isMore ||= told
  }
  return isMore
}

async function tellOfProject(session: Session, project: Pick<Project, 'id'>): Promise<boolean> {
  const after = await lockNoticeCursor(session, project.id)
  if (after === null) return false
  const upTo = await lastEventPosition(session)
  if (upTo <= after) return false
  const events = await eventsBetween(session, project.id, after, upTo, NOTICE_TYPES, AT_ONCE)
  for (const event of events) {
    const account = await accountById(session, project.id, event.accountId)
    if (account !== null) await tellOf(session, project, account, event)
  }
  const isMore = events.length === AT_ONCE
  await setNoticeCursor(session, project.id, isMore ? events.at(-1)!.position : upTo)
  return isMore
}

async function tellOf(
  session: Session,
  project: Pick<Project, 'id'>,
  account: AccountRow,
  event: ToldEvent,
): Promise<void> {
  const { type, at, position } = event
  // Who leaves a checkout knows it, and is not written to.
  const isAbandoned = factsOf(event).status === 'abandoned'
  const kind = isAbandoned ? undefined : MAIL_OF[type]
  const data = factsOf(event)
  const cause = `event:${position}`
  const { account: setting } = await notificationsOf(session, project.id, account.id)
  if (settingOf(setting, NOTICE_TOPICS[type]!).notice) {
    await insertNotice(session, { project: project.id, accountId: account.id, at, type, data, cause })
  }
  if (kind !== undefined) await writeMails(session, project, account, { kind, cause, data, happenedAt: at })
}

/** Of a purchase what customers are told: its id, its total, why it failed. */
function factsOf({ data }: ToldEvent): Readonly<Record<string, unknown>> {
  const purchase = data.purchase as Readonly<Record<string, unknown>> | undefined
  if (purchase === undefined) return data
  const { id, status, total, failure } = purchase
  return { purchaseId: id, status, total, reason: data.reason ?? failure ?? null }
}
