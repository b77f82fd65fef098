/** Lets a mail that was given up be tried again, once what stood in its way is mended. */
import { type MailRow, mailById, wakeMail } from '../database/mails.sql.ts'
import type { Session } from '../database/transaction.ts'
import type { Ask } from './ask.ts'
import { Refused } from './refused.ts'

export async function sendMailAgain(ask: Ask, session: Session, id: string): Promise<MailRow> {
  const woken = await wakeMail(session, ask.project.id, id)
  const mail = await mailById(session, ask.project.id, id)
  if (mail === null) throw new Refused('mail_not_found', `There is no mail ${id}.`)
  if (!woken) throw new Refused('mail_not_given_up', `The mail is ${mail.status}.`, { status: mail.status })
  return mail
}
