import type { InvoiceDocument } from '../invoices/document.ts'
import { instant } from './instant.ts'
import type { Session } from './transaction.ts'

export type InvoiceStatus =
  | 'draft'
  | 'waiting_for_details'
  | 'to_pay'
  | 'partly_paid'
  | 'paid'
  | 'voided'
  /** Of a credit note. */
  | 'issued'

export interface InvoiceRow {
  readonly project: number
  readonly id: string
  readonly accountId: string
  readonly kind: 'invoice' | 'credit_note'
  readonly purchaseId: string
  /** Of a credit note: the invoice that it takes back from. */
  readonly invoiceId: string | null
  readonly status: InvoiceStatus
  readonly currency: string
  readonly total: number
  readonly paid: number
  /** null until it is issued, and so is its document. */
  readonly number: string | null
  readonly issuedAt: number | null
  readonly document: InvoiceDocument | null
  readonly createdAt: number
}

const COLUMNS = `project_id as project, id, account_id as "accountId", kind, purchase_id as "purchaseId",
  invoice_id as "invoiceId", status, currency, total, paid, number, issued_at as "issuedAt", document,
  created_at as "createdAt"`

export async function invoiceById(session: Session, project: number, id: string): Promise<InvoiceRow | null> {
  const { rows } = await session.query(`select ${COLUMNS} from invoice where project_id = $1 and id = $2`, [
    project,
    id,
  ])
  return rows[0] ?? null
}

/** The purchase's invoice, kept from changing until the transaction ends; null where there is none, or it was voided. */
export async function lockInvoiceOf(session: Session, purchaseId: string): Promise<InvoiceRow | null> {
  const { rows } = await session.query(
    `select ${COLUMNS} from invoice where purchase_id = $1 and kind = 'invoice' and status <> 'voided' for update`,
    [purchaseId],
  )
  return rows[0] ?? null
}

/** Nothing where the purchase has one: made by another process a moment ago. */
export async function insertInvoice(
  session: Session,
  made: Pick<
    InvoiceRow,
    'project' | 'id' | 'accountId' | 'purchaseId' | 'status' | 'currency' | 'total' | 'createdAt'
  >,
): Promise<void> {
  await session.query(
    `insert into invoice (project_id, id, account_id, kind, purchase_id, status, currency, total, created_at)
     values ($1, $2, $3, 'invoice', $4, $5, $6, $7, ${instant(8)})
     on conflict (purchase_id) where kind = 'invoice' and status <> 'voided' do nothing`,
    [
      made.project,
      made.id,
      made.accountId,
      made.purchaseId,
      made.status,
      made.currency,
      made.total,
      made.createdAt,
    ],
  )
}

export async function setInvoiceState(
  session: Session,
  id: string,
  state: Pick<InvoiceRow, 'status' | 'currency' | 'total' | 'paid'>,
): Promise<void> {
  await session.query('update invoice set status = $2, currency = $3, total = $4, paid = $5 where id = $1', [
    id,
    state.status,
    state.currency,
    state.total,
    state.paid,
  ])
}

/** Gives an invoice its number and its document; afterwards only its payment changes. */
export async function issueInvoice(
  session: Session,
  id: string,
  status: InvoiceStatus,
  paid: number,
  document: InvoiceDocument,
): Promise<void> {
  await session.query(
    `update invoice set status = $2, paid = $3, number = $4, issued_at = ${instant(5)}, document = $6, total = $7,
       currency = $8
     where id = $1 and number is null`,
    [
      id,
      status,
      paid,
      document.number,
      document.issuedAt,
      JSON.stringify(document),
      document.total,
      document.currency,
    ],
  )
}

export async function insertCreditNote(
  session: Session,
  id: string,
  invoice: Pick<InvoiceRow, 'project' | 'id' | 'accountId' | 'purchaseId'>,
  document: InvoiceDocument,
): Promise<void> {
  await session.query(
    `insert into invoice (project_id, id, account_id, kind, purchase_id, invoice_id, status, currency, total, number,
       issued_at, document, created_at)
     values ($1, $2, $3, 'credit_note', $4, $5, 'issued', $6, $7, $8, ${instant(9)}, $10, ${instant(9)})`,
    [
      invoice.project,
      id,
      invoice.accountId,
      invoice.purchaseId,
      invoice.id,
      document.currency,
      document.total,
      document.number,
      document.issuedAt,
      JSON.stringify(document),
    ],
  )
}

export async function creditNotesOf(session: Session, invoiceId: string): Promise<InvoiceRow[]> {
  const { rows } = await session.query(
    `select ${COLUMNS} from invoice where invoice_id = $1 order by created_at, id`,
    [invoiceId],
  )
  return rows
}

/** The next number of a series. Until the transaction ends, whoever wants one waits: so none is lost or given twice. */
export async function nextInSeries(
  session: Session,
  project: number,
  prefix: string,
  financialYear: string,
): Promise<number> {
  const { rows } = await session.query<{ last: number }>(
    `insert into invoice_series (project_id, prefix, financial_year, last) values ($1, $2, $3, 1)
     on conflict (project_id, prefix, financial_year) do update set last = invoice_series.last + 1
     returning last`,
    [project, prefix, financialYear],
  )
  return rows[0]!.last
}

export interface InvoicePage {
  readonly project: number
  readonly accountId: string
  readonly status: InvoiceStatus | null
  readonly after: { readonly createdAt: number; readonly id: string } | null
  readonly ascending: boolean
  readonly limit: number
}

export async function listInvoiceRows(session: Session, page: InvoicePage): Promise<InvoiceRow[]> {
  const [sign, order] = page.ascending ? ['>', 'asc'] : ['<', 'desc']
  const { rows } = await session.query(
    `select ${COLUMNS} from invoice where project_id = $1 and account_id = $2
       and ($3::text is null or status = $3)
       and ($4::bigint is null or (created_at, id) ${sign} (${instant(4)}, $5::text))
     order by created_at ${order}, id ${order} limit $6`,
    [
      page.project,
      page.accountId,
      page.status,
      page.after?.createdAt ?? null,
      page.after?.id ?? null,
      page.limit,
    ],
  )
  return rows
}

/**
 * Purchases whose invoice waits for nothing but to be issued, seller and customer being known: those of one
 * account, or of all. All are locked before the first gets its number: whoever holds the series never waits for one.
 */
export async function waitingPurchases(
  session: Session,
  project: number,
  accountId: string | null,
  limit: number,
): Promise<string[]> {
  const { rows } = await session.query<{ purchaseId: string }>(
    `select invoice.purchase_id as "purchaseId" from invoice
     where invoice.project_id = $1 and ($2::text is null or invoice.account_id = $2)
       and invoice.status = 'waiting_for_details' and ${ARE_KNOWN}
     order by invoice.created_at, invoice.id limit $3 for update of invoice`,
    [project, accountId, limit],
  )
  return rows.map(({ purchaseId }) => purchaseId)
}

const ARE_KNOWN = `exists (select 1 from seller where seller.project_id = invoice.project_id)
  and exists (select 1 from billing_details details
    where details.project_id = invoice.project_id and details.account_id = invoice.account_id)`

export interface Uninvoiced {
  readonly project: number
  readonly purchaseId: string
}

/** Purchases of the last days whose invoice does not say what became of them: somebody died before it did. */
export async function uninvoicedPurchases(session: Session, limit: number): Promise<Uninvoiced[]> {
  const { rows } = await session.query(
    `select purchase.project_id as project, purchase.id as "purchaseId" from purchase
     left join invoice on invoice.purchase_id = purchase.id and invoice.kind = 'invoice' and invoice.status <> 'voided'
     where purchase.touched_at > now() - interval '3 days' and purchase.priced is not null and (
       (invoice.id is null and (purchase.status in ('paid', 'refunded', 'disputed')
         or (purchase.status = 'pending' and purchase.gateway = 'manual')))
       or (invoice.paid < purchase.paid)
       or (invoice.number is not null and purchase.status in ('paid', 'refunded') and purchase.returned >
         (select coalesce(sum(note.total), 0) from invoice note where note.invoice_id = invoice.id)))
     order by purchase.touched_at, purchase.id limit $1`,
    [limit],
  )
  return rows
}

/** Invoices that wait although seller and customer are known: the two were written at the same moment. */
export async function forgottenInvoices(session: Session, limit: number): Promise<Uninvoiced[]> {
  const { rows } = await session.query(
    `select invoice.project_id as project, invoice.purchase_id as "purchaseId" from invoice
     where invoice.status = 'waiting_for_details' and ${ARE_KNOWN}
     order by invoice.created_at, invoice.id limit $1`,
    [limit],
  )
  return rows
}
