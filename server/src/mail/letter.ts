/** A mail as it is sent: text and HTML of the same words, plain enough for every reader and screen reader. */
import type { MailWords, Messages } from '../messages/messages.ts'

export interface Attachment {
  readonly name: string
  readonly type: string
  readonly content: Buffer
}

export interface Letter {
  /** Says the same at every attempt, so that one that arrives twice is known to be one. */
  readonly messageId: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly headers: Readonly<Record<string, string>>
  readonly attachments: readonly Attachment[]
}

export interface LetterFrame {
  readonly messages: Messages
  readonly product: string
  /** Where it is unsubscribed from; null where it is not. */
  readonly unsubscribeUrl: string | null
}

export function textOf({ text }: MailWords, { messages, product, unsubscribeUrl }: LetterFrame): string {
  const foot = [messages.whyMailed(product)]
  if (unsubscribeUrl !== null) foot.push(`${messages.unsubscribe}: ${unsubscribeUrl}`)
  return `${[...text, `-- \n${foot.join('\n')}`].join('\n\n')}\n`
}

const BODY = 'margin:0;padding:0;background-color:#ffffff;color:#1b2333'
const BOX =
  'max-width:560px;margin:0 auto;padding:24px 20px;font-family:Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5'
const HEAD = 'font-size:20px;line-height:1.3;margin:0 0 16px'
const FOOT = 'margin:32px 0 0;padding-top:16px;border-top:1px solid #d5dae2;font-size:13px;color:#5d6778'

export function htmlOf({ subject, text }: MailWords, frame: LetterFrame): string {
  const { messages, product, unsubscribeUrl } = frame
  const paragraphs = text
    .map((paragraph) => `<p style="margin:0 0 14px">${escapeHtml(paragraph)}</p>`)
    .join('\n')
  const link =
    unsubscribeUrl === null
      ? ''
      : `<br><a href="${escapeHtml(unsubscribeUrl)}" style="color:#5d6778">${escapeHtml(messages.unsubscribe)}</a>`
  return `<!doctype html>
<html lang="${messages.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(subject)}</title>
</head>
<body style="${BODY}">
<div role="article" aria-label="${escapeHtml(subject)}" style="${BOX}">
<h1 style="${HEAD}">${escapeHtml(subject)}</h1>
${paragraphs}
<p style="${FOOT}">${escapeHtml(messages.whyMailed(product))}${link}</p>
</div>
</body>
</html>
`
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ESCAPES[sign]!)
}

/** What mailbox providers ask of mails to many (RFC 8058): a link that needs one click and no page. */
export function unsubscribeHeaders(url: string | null): Record<string, string> {
  if (url === null) return {}
  return { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
}
