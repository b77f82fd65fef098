/**
 * Brings the invoice of a purchase to what the purchase is: a draft while staff have still to set a price,
 * issued once it is paid or is to be paid by transfer, waiting without a number where seller or customer are
 * not known, voided where it ends unpaid; with a credit note for what was returned. All of it follows from
 * the purchase alone, so it may be called by anybody, again, and at any moment; call it in the transaction
 * that changed the purchase, after the change.
 */
import { Bug, type Instant, type PurchasePayment, paymentOf } from '@scrip/core'
import { type AccountRow, accountById } from '../database/accounts.sql.ts'
import { billingDetailsOf, sellerOf } from '../database/billing.sql.ts'
import {
  creditNotesOf,
  type InvoiceRow,
  type InvoiceStatus,
  insertCreditNote,
  insertInvoice,
  issueInvoice,
  lockInvoiceOf,
  nextInSeries,
  setInvoiceState,
} from '../database/invoices.sql.ts'
import { insertProjectEvent } from '../database/projects.sql.ts'
import { factsOf } from '../database/purchase-facts.sql.ts'
import { type PurchaseRow, purchaseById } from '../database/purchases.sql.ts'
import { inSavepoint, type Session } from '../database/transaction.ts'
import { freshId } from '../directory/keys.ts'
import { type Project, timeOfClock } from '../directory/projects.ts'
import { creditNoteOf, type InvoiceDocument, invoiceOf } from '../invoices/document.ts'
import { dateOfIssue, financialYear, invoiceNumber } from '../invoices/invoice-number.ts'
import type { BillingDetails, Seller } from '../invoices/party.ts'
import { languageOf } from '../messages/messages.ts'
import type { Installation } from './installation.ts'
import { writeMails } from './write-mails.ts'

/** What is known while one invoice is brought up to date. */
interface Case {
  readonly session: Session
  readonly house: Installation
  readonly project: Project
  readonly purchase: PurchaseRow & { readonly priced: NonNullable<PurchaseRow['priced']> }
  readonly payment: PurchasePayment
  /** Money that is there, all parts of it. */
  readonly paid: number
  readonly account: AccountRow
  readonly now: Instant
}

/** A mistake of ours in the invoice never keeps paid money from its credits: the job meets it again, and tells it. */
export async function invoicePurchase(
  session: Session,
  house: Installation,
  project: Project,
  purchaseId: string,
): Promise<void> {
  try {
    await inSavepoint(session, () => bringInvoiceUpToDate(session, house, project, purchaseId))
  } catch (error) {
    if (!(error instanceof Bug)) throw error
  }
}

/** The same, and throws what is wrong. */
export async function bringInvoiceUpToDate(
  session: Session,
  house: Installation,
  project: Project,
  purchaseId: string,
): Promise<void> {
  const early = await readCase(session, house, project, purchaseId)
  if (early === null) return
  const existing = await lockInvoiceOf(session, purchaseId)
  // Read again under the lock: another process may have brought both on meanwhile.
  const known = existing === null ? early : await readCase(session, house, project, purchaseId)
  if (known === null) return
  if (existing !== null && !isOutdated(known, existing)) return bringUpToDate(known, existing)
  if (existing !== null) await setInvoiceState(session, existing.id, { ...existing, status: 'voided' })
  const due = dueStatus(known)
  if (due === null || due === 'voided') return
  await insertInvoice(session, rowOf(known))
  const made = await lockInvoiceOf(session, purchaseId)
  const newest = await readCase(session, house, project, purchaseId)
  if (made !== null && newest !== null) await bringUpToDate(newest, made)
}

/** Staff made another offer after it was issued: what was issued is never changed, so another takes its place. */
function isOutdated({ purchase }: Case, { document }: InvoiceRow): boolean {
  if (document === null) return false
  const dueDate = purchase.dueAt === null ? null : dateOfIssue(purchase.dueAt, document.seller)
  const isSame = document.total === purchase.total && document.currency === purchase.currency
  return !isSame || document.dueDate !== dueDate
}

async function readCase(
  session: Session,
  house: Installation,
  project: Project,
  purchaseId: string,
): Promise<Case | null> {
  const purchase = await purchaseById(session, project.id, purchaseId)
  if (purchase === null || purchase.priced === null) return null
  const account = await accountById(session, project.id, purchase.accountId)
  if (account === null) return null
  const facts = (await factsOf(session, purchaseId)).map(({ fact }) => fact)
  const { total: amount, currency } = purchase
  const isRequested = purchase.requested && purchase.offeredAt === null
  const payment = paymentOf({ amount, currency }, facts, isRequested)
  const parts = payment.parts.reduce((sum, { money }) => sum + money.amount, 0)
  const priced = { ...purchase, priced: purchase.priced }
  const now = timeFor(house, project, account)
  return { session, house, project, purchase: priced, payment, paid: payment.paid + parts, account, now }
}

function timeFor(house: Installation, project: Project, account: AccountRow): Instant {
  const time = timeOfClock(project, house.realTime())
  return account.testClock === null ? time : Math.max(time, timeOfClock(account, house.realTime()))
}

/** What the invoice is to be, were seller and customer known; null = the purchase has none yet. */
function dueStatus({ purchase, paid }: Case): InvoiceStatus | null {
  switch (purchase.status) {
    case 'requested':
      return 'draft'
    case 'paid':
    case 'refunded':
    case 'disputed':
      return 'paid'
    case 'pending':
      if (purchase.gateway !== 'manual') return null
      return paid > 0 ? 'partly_paid' : 'to_pay'
    default:
      // What another gateway took of it was a wrong amount, and pays for nothing.
      return purchase.gateway === 'manual' && paid > 0 ? 'partly_paid' : 'voided'
  }
}

function rowOf({ project, purchase, now }: Case) {
  const { accountId, currency, total } = purchase
  const made = { id: freshId('inv', now), purchaseId: purchase.id, status: 'draft' as const, createdAt: now }
  return { ...made, project: project.id, accountId, currency, total }
}

async function bringUpToDate(known: Case, before: InvoiceRow): Promise<void> {
  const due = dueStatus(known) ?? before.status
  const isToBeIssued = before.number === null && due !== 'draft' && due !== 'voided'
  const parties = isToBeIssued ? await partiesOf(known) : null
  const { currency, total } = known.purchase
  const status = isToBeIssued && parties === null ? 'waiting_for_details' : due
  const after = { ...before, status, currency, total, paid: known.paid }
  if (parties !== null) await issue(known, after, parties)
  else await setInvoiceState(known.session, before.id, after)
  const isPaidNow = due === 'paid' && before.paid < known.paid
  const isIssuedNow = parties !== null
  if (isPaidNow) await mailReceipt(known, after, isIssuedNow || before.number !== null)
  else if (isIssuedNow) await mailInvoice(known, after)
  if (isIssuedNow || before.number !== null) await creditReturned(known, before.id)
}

interface Parties {
  readonly seller: Seller
  readonly customer: BillingDetails
}

async function partiesOf({ session, project, account }: Case): Promise<Parties | null> {
  const seller = await sellerOf(session, project.id)
  const customer = await billingDetailsOf(session, project.id, account.id)
  return seller === null || customer === null ? null : { seller, customer }
}

async function issue(known: Case, invoice: InvoiceRow, parties: Parties): Promise<void> {
  const { session, project, purchase, now } = known
  const { catalogs } = project
  const numbered = await numberFor(known, parties.seller, parties.seller.invoicePrefix)
  const document = invoiceOf(purchase.priced, {
    ...parties,
    ...numbered,
    issuedAt: now,
    dueDate: purchase.dueAt === null ? null : dateOfIssue(purchase.dueAt, parties.seller),
    language: languageOf(known.account.language),
    purchaseId: purchase.id,
    decimals: catalogs.latest === 0 ? 0 : catalogs.version(catalogs.latest).credit.decimals,
    payment: paymentStated(known, parties.seller),
  })
  await issueInvoice(session, invoice.id, invoice.status, invoice.paid, document)
  await tellIssued(known, 'invoice.issued', invoice.id, document)
}

/** The series is locked from here to the end of the transaction. */
async function numberFor({ session, project, now }: Case, seller: Seller, prefix: string) {
  const date = dateOfIssue(now, seller)
  const year = financialYear(date, seller.financialYearStart)
  const count = await nextInSeries(session, project.id, prefix, year)
  return { number: invoiceNumber(prefix, year, count), date }
}

function paymentStated({ purchase, payment }: Case, seller: Seller): InvoiceDocument['payment'] {
  if (payment.counted.length === 0 || payment.paidAt === null) return null
  const paymentId = payment.counted.map((part) => part.paymentId).join(', ')
  return { gateway: purchase.gateway, paymentId, date: dateOfIssue(payment.paidAt, seller) }
}

/** What is disputed is not yet returned: a credit note cannot be taken back. */
async function creditReturned(known: Case, invoiceId: string): Promise<void> {
  const { session, purchase, payment, now } = known
  if (purchase.status !== 'paid' && purchase.status !== 'refunded') return
  const invoice = await lockInvoiceOf(session, purchase.id)
  if (invoice?.document == null) return
  const before = (await creditNotesOf(session, invoiceId)).flatMap(({ document }) => document ?? [])
  const credited = before.reduce((sum, { total }) => sum + total, 0)
  const returned = Math.min(payment.returned, invoice.total) - credited
  if (returned <= 0) return
  const seller = (await sellerOf(session, known.project.id)) ?? invoice.document.seller
  const numbered = await numberFor(known, seller, seller.creditNotePrefix)
  const note = creditNoteOf(invoice.document, before, returned, { ...numbered, issuedAt: now, seller })
  const id = freshId('crn', now)
  await insertCreditNote(session, id, invoice, note)
  await tellIssued(known, 'credit_note.issued', id, note)
  await mail(known, 'credit_note', `credit_note:${id}`, id, note)
}

async function tellIssued(
  { session, project, purchase, now }: Case,
  type: 'invoice.issued' | 'credit_note.issued',
  id: string,
  { number, total, currency }: InvoiceDocument,
): Promise<void> {
  const invoice = { id, number, purchaseId: purchase.id, total: { amount: total, currency } }
  const data = type === 'invoice.issued' ? { invoice } : { creditNote: invoice }
  await insertProjectEvent(session, project.id, { type, at: now, accountId: purchase.accountId, data })
}

async function mailReceipt(known: Case, invoice: InvoiceRow, isIssued: boolean): Promise<void> {
  await mail(known, 'receipt', `receipt:${known.purchase.id}`, isIssued ? invoice.id : null, invoice)
}

async function mailInvoice(known: Case, invoice: InvoiceRow): Promise<void> {
  await mail(known, 'invoice', `invoice:${invoice.id}`, invoice.id, invoice)
}

async function mail(
  known: Case,
  kind: 'receipt' | 'invoice' | 'credit_note',
  cause: string,
  invoiceId: string | null,
  { total, currency }: { readonly total: number; readonly currency: string },
): Promise<void> {
  const { session, project, account, now, purchase } = known
  const lines = purchase.priced.lines.map(({ name }) => name)
  // Where nobody sells by invoice, nobody is asked for details.
  const waitsForDetails = invoiceId === null && (await sellerOf(session, project.id)) !== null
  const data = { total: { amount: total, currency }, lines, purchaseId: purchase.id, waitsForDetails }
  await writeMails(session, project, account, { kind, cause, data, invoiceId, happenedAt: now })
}
