/** What is said to customers, in their language: mails, notices, and the words on an invoice. */
import { de } from './de.ts'
import { en } from './en.ts'

/** What stands in a mail about an account's credits, in words already. */
export interface AlertWords {
  readonly product: string
  readonly account: string
  readonly balance: string
  readonly threshold: string
}

/** What stands in a mail about a payment. */
export interface PaymentWords {
  readonly product: string
  readonly account: string
  readonly total: string
  /** Why it failed, in the gateway's words; '' where it gave none. */
  readonly reason: string
}

export interface MailWords {
  readonly subject: string
  /** Paragraphs. */
  readonly text: readonly string[]
}

export interface InvoiceWords {
  readonly invoice: string
  readonly taxInvoice: string
  readonly creditNote: string
  readonly number: string
  readonly date: string
  readonly dueDate: string
  readonly order: string
  readonly forInvoice: string
  readonly invoiceDate: string
  readonly billTo: string
  readonly shipTo: string
  readonly placeOfSupply: string
  readonly outsideIndia: string
  readonly description: string
  readonly taxCode: string
  readonly price: string
  readonly discount: string
  readonly amount: string
  readonly subtotal: string
  readonly total: string
  readonly credited: string
  readonly howToPay: string
  readonly paid: (date: string, gateway: string, paymentId: string) => string
  readonly credits: (credits: string, bonus: string | null) => string
  readonly notes: Readonly<Record<'reverseCharge' | 'export', string>>
  readonly page: (page: number, pages: number) => string
}

export interface Messages {
  readonly language: string
  readonly months: readonly string[]
  readonly date: (day: number, month: string, year: number) => string
  /** Between thousands, and before decimals. */
  readonly separators: readonly [group: string, decimal: string]
  readonly money: (value: string, symbol: string) => string
  readonly mails: {
    readonly low: (words: AlertWords) => MailWords
    readonly exhausted: (words: AlertWords) => MailWords
    readonly restored: (words: AlertWords) => MailWords
    readonly receipt: (words: PaymentWords & { readonly invoice: 'attached' | 'waits' | 'none' }) => MailWords
    readonly invoice: (words: PaymentWords) => MailWords
    readonly credit_note: (words: PaymentWords) => MailWords
    readonly payment_failed: (words: PaymentWords) => MailWords
    readonly payment_stuck: (words: PaymentWords) => MailWords
    readonly report: (words: {
      readonly product: string
      readonly account: string
      readonly report: string
      /** Earlier ones that were left out. */
      readonly missed: number
    }) => MailWords
  }
  readonly whyMailed: (product: string) => string
  readonly unsubscribe: string
  readonly unsubscribePage: {
    readonly title: string
    readonly ask: (address: string) => string
    readonly button: string
    readonly done: (address: string) => string
    readonly unknown: string
  }
  readonly invoices: InvoiceWords
}

const LANGUAGES: Readonly<Record<string, Messages>> = { en, de }

/** The language that an account is written to in: its own where it is spoken here, else English. */
export function languageOf(language: string | null): string {
  const spoken = (language ?? '').slice(0, 2).toLowerCase()
  return Object.hasOwn(LANGUAGES, spoken) ? spoken : 'en'
}

export function messagesIn(language: string): Messages {
  return LANGUAGES[languageOf(language)]!
}
