/**
 * Sends the mails that wait: each by one process at a time, at least once, again after a while where the
 * mail server does not take it, and given up visibly after days or where it never will.
 */
import { DAY_MS } from '@scrip/core'
import {
  claimMails,
  giveMailUp,
  giveUpUnsendable,
  type MailRow,
  markMailSent,
  retryMailLater,
} from '../database/mails.sql.ts'
import { timeOfClock } from '../directory/projects.ts'
import { type Mailer, MailFault } from '../mail/mailer.ts'
import { isAlert } from '../notices/topics.ts'
import type { Installation } from './installation.ts'
import { writeLetter } from './write-letter.ts'

const AT_ONCE = 20
const IN_PARALLEL = 4
/** Longer than the mail server is waited for: nobody else takes up what is still being sent. */
const CLAIM_SECONDS = 300
const WITHOUT_SERVER_DAYS = 30

/** Minutes until the next attempt, by how many were made: about three days in all. */
const RETRY_MINUTES = [1, 5, 15, 60, 180, 360, 720, 1440, 1440]

/** True where more may be waiting. */
export async function sendMails(house: Installation, signal: AbortSignal): Promise<boolean> {
  const { mailer, database } = house
  if (mailer === null) {
    await giveUpUnsendable(database.pool, WITHOUT_SERVER_DAYS, 'No mail server was set up (SCRIP_SMTP_URL).')
    return false
  }
  const mails = await claimMails(database.pool, AT_ONCE, CLAIM_SECONDS)
  const waiting = [...mails]
  const lane = async (): Promise<void> => {
    for (let mail = waiting.shift(); mail !== undefined && !signal.aborted; mail = waiting.shift()) {
      await sendOne(house, mailer, mail)
    }
  }
  await Promise.all(Array.from({ length: IN_PARALLEL }, lane))
  // Taken in hand and not begun: the next process need not wait for the claim to run out.
  for (const mail of waiting) await retryMailLater(database.pool, mail.id, 0, 'The server stopped.')
  return mails.length === AT_ONCE
}

async function sendOne(house: Installation, mailer: Mailer, mail: MailRow): Promise<void> {
  const { pool } = house.database
  const project = await house.projects.find(mail.project)
  if (project === null) return giveMailUp(pool, mail.id, 'The project is gone.')
  const now = timeOfClock(project, house.realTime())
  if (isAlert(mail.kind) && now - mail.happenedAt > DAY_MS) {
    return giveMailUp(pool, mail.id, 'It was news a day ago: it went to webhooks alone.')
  }
  try {
    await mailer.send(await writeLetter(house, project, mail))
  } catch (error) {
    return again(house, mail, error)
  }
  await markMailSent(pool, mail.id, now)
}

async function again(house: Installation, mail: MailRow, error: unknown): Promise<void> {
  const { pool } = house.database
  const reason = error instanceof Error ? error.message.slice(0, 500) : 'unknown'
  const minutes = RETRY_MINUTES[mail.attempts - 1]
  const isFinal = minutes === undefined || (error instanceof MailFault && !error.retryable)
  if (isFinal) await giveMailUp(pool, mail.id, reason)
  else await retryMailLater(pool, mail.id, minutes * 60, reason)
}
