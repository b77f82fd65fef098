/** Hands the mails that wait to the mail server. */
import { sendMails as send } from '../operations/send-mails.ts'
import type { Job } from './job.ts'

export const sendMails: Job = { name: 'send-mails', everyMs: 5_000, run: send }
