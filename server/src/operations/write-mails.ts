/** Writes down the mails about something that happened, one for each who is to hear of it, in its transaction. */
import type { AccountRow } from '../database/accounts.sql.ts'
import { billingDetailsOf } from '../database/billing.sql.ts'
import { insertMail, type MailFile } from '../database/mails.sql.ts'
import { listMemberRows } from '../database/members.sql.ts'
import { mailRefusalsOf, notificationsOf } from '../database/notifications.sql.ts'
import type { Session } from '../database/transaction.ts'
import { freshId } from '../directory/keys.ts'
import type { Project } from '../directory/projects.ts'
import { languageOf } from '../messages/messages.ts'
import { recipientsOf } from '../notices/recipients.ts'
import { MAIL_KINDS, type MailKind } from '../notices/topics.ts'

export interface MailAsked {
  readonly kind: MailKind
  /** Names what it is about, so that it is written once however often this is called. */
  readonly cause: string
  /** What it says, as facts: units, minor units, instants. */
  readonly data: Readonly<Record<string, unknown>>
  readonly happenedAt: number
  /** Whose PDF is attached. */
  readonly invoiceId?: string | null
  readonly file?: MailFile | null
  /** Goes to these instead of those whom the account's settings name. */
  readonly to?: readonly string[]
}

export async function writeMails(
  session: Session,
  project: Pick<Project, 'id'>,
  account: Pick<AccountRow, 'id' | 'email' | 'language'>,
  asked: MailAsked,
): Promise<void> {
  const addresses = await addressesFor(session, project.id, account, asked)
  for (const address of addresses) {
    await insertMail(session, {
      id: freshId('mail', asked.happenedAt),
      project: project.id,
      accountId: account.id,
      kind: asked.kind,
      cause: asked.cause,
      address,
      language: languageOf(account.language),
      data: asked.data,
      invoiceId: asked.invoiceId ?? null,
      file: asked.file ?? null,
      happenedAt: asked.happenedAt,
    })
  }
}

async function addressesFor(
  session: Session,
  project: number,
  account: Pick<AccountRow, 'id' | 'email'>,
  { kind, to }: MailAsked,
): Promise<readonly string[]> {
  const topic = MAIL_KINDS[kind]
  const refusals = await mailRefusalsOf(session, project, account.id)
  const refused = new Set(refusals.filter((refusal) => refusal.topic === topic).map(({ address }) => address))
  if (to !== undefined) return to.filter((address) => !refused.has(address.toLowerCase()))
  const { account: setting, users } = await notificationsOf(session, project, account.id)
  const members = await listMemberRows(session, project, account.id)
  const billing = await billingDetailsOf(session, project, account.id)
  const emails = { accountEmail: account.email, billingEmail: billing?.email ?? null }
  return recipientsOf({ topic, setting, users, members, refused, ...emails })
}
