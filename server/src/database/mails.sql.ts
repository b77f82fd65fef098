import type { MailKind } from '../notices/topics.ts'
import { instant } from './instant.ts'
import type { Session } from './transaction.ts'

export type MailStatus = 'waiting' | 'sent' | 'given_up'

export interface MailRow {
  readonly project: number
  readonly id: string
  readonly accountId: string
  readonly kind: MailKind
  readonly cause: string
  readonly address: string
  readonly language: string
  readonly data: Readonly<Record<string, unknown>>
  readonly invoiceId: string | null
  readonly fileName: string | null
  readonly happenedAt: number
  readonly status: MailStatus
  readonly attempts: number
  /** Why it was not sent yet, or never is. */
  readonly reason: string | null
  readonly sentAt: number | null
  readonly writtenAt: number
}

const COLUMNS = `project_id as project, id, account_id as "accountId", kind, cause, address, language, data,
  invoice_id as "invoiceId", file_name as "fileName", happened_at as "happenedAt", status, attempts, reason,
  sent_at as "sentAt", written_at as "writtenAt"`

export type MailMade = Pick<
  MailRow,
  | 'project'
  | 'id'
  | 'accountId'
  | 'kind'
  | 'cause'
  | 'address'
  | 'language'
  | 'data'
  | 'invoiceId'
  | 'happenedAt'
> & { readonly file: MailFile | null }

export interface MailFile {
  readonly name: string
  readonly type: string
  readonly content: Buffer
}

/** Once for each cause and address. */
export async function insertMail(session: Session, mail: MailMade): Promise<void> {
  await session.query(
    `insert into mail (id, project_id, account_id, kind, cause, address, language, data, invoice_id, file_name,
       file_type, file, happened_at, status)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, ${instant(13)}, 'waiting')
     on conflict (project_id, account_id, cause, address) do nothing`,
    [
      mail.id,
      mail.project,
      mail.accountId,
      mail.kind,
      mail.cause,
      mail.address,
      mail.language,
      JSON.stringify(mail.data),
      mail.invoiceId,
      mail.file?.name ?? null,
      mail.file?.type ?? null,
      mail.file?.content ?? null,
      mail.happenedAt,
    ],
  )
}

/** Takes mails in hand that are due. Whoever dies with them leaves them to others once the claim has run out. */
export async function claimMails(session: Session, limit: number, claimSeconds: number): Promise<MailRow[]> {
  const { rows } = await session.query(
    `update mail set attempts = attempts + 1, next_attempt_at = now() + $2::integer * interval '1 second'
     where id in (
       select id from mail where status = 'waiting' and next_attempt_at <= now()
       order by next_attempt_at limit $1 for update skip locked)
     returning ${COLUMNS}`,
    [limit, claimSeconds],
  )
  return rows
}

export async function mailFileOf(session: Session, id: string): Promise<MailFile | null> {
  const { rows } = await session.query<MailFile>(
    'select file_name as name, file_type as type, file as content from mail where id = $1 and file is not null',
    [id],
  )
  return rows[0] ?? null
}

export async function markMailSent(session: Session, id: string, at: number): Promise<void> {
  await session.query(
    `update mail set status = 'sent', sent_at = ${instant(2)}, reason = null, file = null where id = $1`,
    [id, at],
  )
}

export async function giveMailUp(session: Session, id: string, reason: string): Promise<void> {
  await session.query(
    "update mail set status = 'given_up', reason = $2 where id = $1 and status = 'waiting'",
    [id, reason],
  )
}

export async function retryMailLater(
  session: Session,
  id: string,
  seconds: number,
  reason: string,
): Promise<void> {
  await session.query(
    `update mail set next_attempt_at = now() + $2::integer * interval '1 second', reason = $3
     where id = $1 and status = 'waiting'`,
    [id, seconds, reason],
  )
}

/** What waited for a mail server that nobody set up. */
export async function giveUpUnsendable(session: Session, days: number, reason: string): Promise<void> {
  await session.query(
    `update mail set status = 'given_up', reason = $2
     where status = 'waiting' and next_attempt_at < now() - $1::integer * interval '1 day'`,
    [days, reason],
  )
}

/** Sends one again that was given up; false where it was not. */
export async function wakeMail(session: Session, project: number, id: string): Promise<boolean> {
  const { rowCount } = await session.query(
    `update mail set status = 'waiting', attempts = 0, next_attempt_at = now(), reason = null
     where project_id = $1 and id = $2 and status = 'given_up'`,
    [project, id],
  )
  return (rowCount ?? 0) > 0
}

export async function mailById(session: Session, project: number, id: string): Promise<MailRow | null> {
  const { rows } = await session.query(`select ${COLUMNS} from mail where project_id = $1 and id = $2`, [
    project,
    id,
  ])
  return rows[0] ?? null
}

export interface MailPage {
  readonly project: number
  readonly accountId: string | null
  readonly status: MailStatus | null
  readonly after: { readonly writtenAt: number; readonly id: string } | null
  readonly ascending: boolean
  readonly limit: number
}

export async function listMailRows(session: Session, page: MailPage): Promise<MailRow[]> {
  const [sign, order] = page.ascending ? ['>', 'asc'] : ['<', 'desc']
  const { rows } = await session.query(
    `select ${COLUMNS} from mail where project_id = $1 and ($2::text is null or account_id = $2)
       and ($3::text is null or status = $3)
       and ($4::bigint is null or (date_trunc('milliseconds', written_at), id) ${sign} (${instant(4)}, $5::text))
     order by date_trunc('milliseconds', written_at) ${order}, id ${order} limit $6`,
    [
      page.project,
      page.accountId,
      page.status,
      page.after?.writtenAt ?? null,
      page.after?.id ?? null,
      page.limit,
    ],
  )
  return rows
}

/** Addresses and what was said to them go with an account's personal data; what was sent when stays. */
export async function eraseMails(session: Session, project: number, accountId: string): Promise<void> {
  await session.query(
    `update mail set address = id || '@erased.invalid', data = '{}', file = null,
       status = case status when 'waiting' then 'given_up' else status end,
       reason = case status when 'waiting' then 'Personal data were erased.' else reason end
     where project_id = $1 and account_id = $2`,
    [project, accountId],
  )
}
