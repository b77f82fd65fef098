/**
 * Hands the file of an export to the mails that wait to be sent: once for each address, in the transaction
 * that notes it down as delivered. A large file goes compressed; one that no mail server would take does not
 * go at all, says so, and is read by the API.
 */
import { accountById } from '../database/accounts.sql.ts'
import {
  type ExportRow,
  type ExportTurn,
  exportPart,
  giveUp,
  markDelivered,
} from '../database/exports.sql.ts'
import type { MailFile } from '../database/mails.sql.ts'
import { inTransaction } from '../database/transaction.ts'
import { exportBytes, exportDays, exportFileName } from './export-file.ts'
import type { Installation } from './installation.ts'
import { writeMails } from './write-mails.ts'

const PLAIN_MAX_BYTES = 2_000_000
/** Encoded for a mail it is a third larger, and 20 MB is what most mail servers take. */
const COMPRESSED_MAX_BYTES = 14_000_000

export async function mailExport(
  house: Installation,
  row: ExportRow,
  turn: ExportTurn,
  addresses: readonly string[],
): Promise<void> {
  const { pool } = house.database
  const file = await fileOf(house, row)
  if (file === null) {
    return giveUp(pool, turn, 'The file is too large for a mail: read it by GET /exports.')
  }
  const account = await accountById(pool, row.project, row.accountId)
  if (account === null) throw new Error(`the account ${row.accountId} of ${row.id} is there`)
  const { missed, readyAt, createdAt } = row
  await inTransaction(pool, async (session) => {
    await writeMails(session, { id: row.project }, account, {
      kind: 'report',
      cause: `export:${row.id}`,
      data: { report: `${row.report} ${exportDays(row).join(' – ')}`, missed },
      happenedAt: readyAt ?? createdAt,
      file,
      to: addresses,
    })
    await markDelivered(session, turn)
  })
}

async function fileOf(house: Installation, row: ExportRow): Promise<MailFile | null> {
  const name = exportFileName(row)
  if (row.bytes <= PLAIN_MAX_BYTES) {
    const pieces: Buffer[] = []
    for await (const piece of exportBytes(house, row)) pieces.push(piece)
    return { name, type: 'text/csv', content: Buffer.concat(pieces) }
  }
  const content = await compressedFile(house, row)
  return content === null ? null : { name: `${name}.gz`, type: 'application/gzip', content }
}

/** Each part is compressed by itself, and one after the other they are a compressed file too. */
async function compressedFile({ database }: Installation, row: ExportRow): Promise<Buffer | null> {
  const pieces: Buffer[] = []
  let bytes = 0
  for (let part = 1; part <= row.parts; part++) {
    const body = await exportPart(database.pool, row.id, part)
    if (body === null) throw new Error(`part ${part} of ${row.id} is gone`)
    bytes += body.length
    if (bytes > COMPRESSED_MAX_BYTES) return null
    pieces.push(body)
  }
  return Buffer.concat(pieces)
}
