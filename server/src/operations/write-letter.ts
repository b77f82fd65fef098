/** Makes a letter of a mail that waits: its words in the customer's language, its document, its way out. */
import { type Credits, formatCredits, type Money } from '@scrip/core'
import { accountById } from '../database/accounts.sql.ts'
import { invoiceById } from '../database/invoices.sql.ts'
import { type MailRow, mailFileOf } from '../database/mails.sql.ts'
import type { Project } from '../directory/projects.ts'
import { renderInvoice } from '../invoices/render-invoice.ts'
import { type Attachment, htmlOf, type Letter, textOf, unsubscribeHeaders } from '../mail/letter.ts'
import { sealUnsubscription } from '../mail/unsubscribe-token.ts'
import { type MailWords, type Messages, messagesIn } from '../messages/messages.ts'
import { moneyWords, numberWords } from '../messages/words.ts'
import { MAIL_KINDS, refusedWith } from '../notices/topics.ts'
import type { Installation } from './installation.ts'

export async function writeLetter(house: Installation, project: Project, mail: MailRow): Promise<Letter> {
  const messages = messagesIn(mail.language)
  const product = productOf(project)
  const account = await accountById(house.database.pool, project.id, mail.accountId)
  const words = wordsOf(mail, messages, project, { product, account: account?.name ?? mail.accountId })
  // So that nobody takes the mail of a trial for one about money.
  const subject = project.mode === 'test' ? `[Test] ${words.subject}` : words.subject
  const unsubscribeUrl = unsubscribeUrlOf(house, mail)
  const frame = { messages, product, unsubscribeUrl }
  return {
    messageId: `<${mail.id}@${domainOf(house)}>`,
    to: mail.address,
    subject,
    text: textOf(words, frame),
    html: htmlOf(words, frame),
    headers: { 'Auto-Submitted': 'auto-generated', ...unsubscribeHeaders(unsubscribeUrl) },
    attachments: await attachmentsOf(house, mail),
  }
}

function productOf({ name, catalogs }: Project): string {
  return catalogs.latest === 0 ? name : catalogs.version(catalogs.latest).product
}

function domainOf(house: Installation): string {
  const url = house.publicUrl()
  return url === '' ? 'scrip.invalid' : new URL(url).hostname
}

function unsubscribeUrlOf(house: Installation, mail: MailRow): string | null {
  const topic = MAIL_KINDS[mail.kind]
  const { project, accountId, address } = mail
  if (refusedWith(topic).length === 0 || house.publicUrl() === '') return null
  const token = sealUnsubscription(house.secret, { project, accountId, address, topic })
  return `${house.publicUrl()}/unsubscribe?token=${token}`
}

interface Whose {
  readonly product: string
  readonly account: string
}

function wordsOf(mail: MailRow, messages: Messages, project: Project, whose: Whose): MailWords {
  const { mails } = messages
  const { data, kind } = mail
  switch (kind) {
    case 'low':
    case 'exhausted':
    case 'restored': {
      const credits = (value: unknown) => creditsWords(project, messages, value)
      const threshold = credits(data.thresholdCredits)
      return mails[kind]({ ...whose, balance: credits(data.balance), threshold })
    }
    case 'report':
      return mails.report({ ...whose, report: String(data.report ?? ''), missed: Number(data.missed ?? 0) })
    case 'receipt':
      return mails.receipt({ ...paymentWords(mail, messages, whose), invoice: invoiceOfReceipt(mail) })
    default:
      return mails[kind](paymentWords(mail, messages, whose))
  }
}

/** Who is asked for details where nobody issues invoices would wait for nothing. */
function invoiceOfReceipt({ invoiceId, data }: MailRow): 'attached' | 'waits' | 'none' {
  if (invoiceId !== null) return 'attached'
  return data.waitsForDetails === true ? 'waits' : 'none'
}

function creditsWords({ catalogs }: Project, messages: Messages, value: unknown): string {
  const decimals = catalogs.latest === 0 ? 0 : catalogs.version(catalogs.latest).credit.decimals
  return typeof value === 'number' ? numberWords(formatCredits(value as Credits, decimals), messages) : ''
}

function paymentWords({ data }: MailRow, messages: Messages, whose: Whose) {
  const total = data.total as Money | undefined
  const reason = typeof data.reason === 'string' ? data.reason : ''
  return { ...whose, total: total === undefined ? '' : moneyWords(total, messages), reason }
}

async function attachmentsOf(house: Installation, mail: MailRow): Promise<Attachment[]> {
  const { pool } = house.database
  const attachments: Attachment[] = []
  if (mail.invoiceId !== null) {
    const invoice = await invoiceById(pool, mail.project, mail.invoiceId)
    if (invoice?.document != null) {
      const name = `${invoice.document.number.replaceAll('/', '-')}.pdf`
      attachments.push({ name, type: 'application/pdf', content: await renderInvoice(invoice.document) })
    }
  }
  if (mail.fileName === null) return attachments
  const file = await mailFileOf(pool, mail.id)
  return file === null ? attachments : [...attachments, file]
}
