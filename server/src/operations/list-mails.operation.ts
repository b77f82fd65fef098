/** Mails that wait, were sent or were given up, newest first: for staff. */
import { listMailRows, type MailPage, type MailRow } from '../database/mails.sql.ts'
import type { Ask } from './ask.ts'

export function listMails(ask: Ask, page: Omit<MailPage, 'project'>): Promise<MailRow[]> {
  return listMailRows(ask.house.database.pool, { ...page, project: ask.project.id })
}
