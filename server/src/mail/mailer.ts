/** The mail server that letters are handed to, by SMTP. */
import type { Transporter } from 'nodemailer'
import type { Letter } from './letter.ts'

export interface Mailer {
  /** Resolves once the server has taken it. Throws `MailFault`. */
  send(letter: Letter): Promise<void>
  close(): Promise<void>
}

export interface MailerOptions {
  /** `smtp://user:password@host:587`, or `smtps://`. */
  readonly url: string
  /** `Acme Credits <credits@example.com>` */
  readonly from: string
}

/** The server did not take a letter. */
export class MailFault extends Error {
  override name = 'MailFault'
  /** False where it never will: no such mailbox. */
  readonly retryable: boolean
  constructor(message: string, options: { readonly retryable: boolean; readonly cause?: unknown }) {
    super(message, { cause: options.cause })
    this.retryable = options.retryable
  }
}

const CONNECT_MS = 20_000
const SILENCE_MS = 60_000

/** Nothing is loaded or connected before the first letter. */
export function openMailer(options: MailerOptions): Mailer {
  let opening: Promise<Transporter> | undefined
  return {
    async send({ to, attachments, ...letter }) {
      opening ??= openTransport(options)
      const transport = await opening
      try {
        await transport.sendMail({
          ...letter,
          // As an address and nothing else: a comma in it makes no second recipient.
          to: { name: '', address: to },
          attachments: attachments.map(({ name, type, content }) => ({
            filename: name,
            contentType: type,
            content,
          })),
        })
      } catch (error) {
        throw faultOf(error)
      }
    },
    async close() {
      if (opening !== undefined) (await opening).close()
    },
  }
}

async function openTransport({ url, from }: MailerOptions): Promise<Transporter> {
  const { createTransport } = await import('nodemailer')
  return createTransport(
    {
      url,
      pool: true,
      maxConnections: 4,
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from },
  )
}

/** 5xx in answer to the recipient or the message is final (RFC 5321); a refused sign-in is the operator's to mend. */
function faultOf(error: unknown): MailFault {
  const { message, responseCode, code } = error as { message: string; responseCode?: number; code?: string }
  const isFinal = (responseCode ?? 0) >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE')
  return new MailFault(message.replace(/\s+/g, ' ').slice(0, 500), { retryable: !isFinal, cause: error })
}
