import { Readable } from 'node:stream'
import { Type } from 'typebox'
import type { ExportRow, UsageKey } from '../database/exports.sql.ts'
import { sayInstant, sayInstantOrNull } from '../ledger/replay.ts'
import { accountZone } from '../operations/account-zone.ts'
import { type Ask, decimalsOf } from '../operations/ask.ts'
import { createExport, prepareExport } from '../operations/create-export.operation.ts'
import { exportFileName } from '../operations/export-file.ts'
import { listExports } from '../operations/list-exports.operation.ts'
import { openExport, readExport } from '../operations/read-export.operation.ts'
import { rememberedPrepared } from '../operations/remembered.ts'
import { pageOf, readPage } from './cursor.ts'
import { answer, route } from './route.ts'
import {
  fields,
  Instant,
  InstantOut,
  nullable,
  OwnId,
  oneOf,
  optional,
  PageQuery,
  page,
  ScripId,
} from './schema.ts'
import { wantsCsv } from './wants-csv.ts'
import { endReading, openReading, optionalInstant } from './wire.ts'

const USAGE_KEYS = ['user', 'action', 'subject', 'account'] as const satisfies readonly UsageKey[]

/** What is in a file: the same for one that is ordered and for one that comes by itself. */
export const EXPORT_FIELDS = {
  accountId: OwnId,
  scope: optional(
    oneOf(
      ['account', 'pool'] as const,
      'By default the whole pool for the account that owns it, and its own rows for one that shares it.',
    ),
  ),
  report: oneOf(['usage', 'transactions'] as const),
  by: optional(
    Type.Array(oneOf(USAGE_KEYS), {
      minItems: 1,
      maxItems: 4,
      description: 'What usage is told apart by; by user and action where nothing is said.',
    }),
  ),
}

export function readBy(by: readonly UsageKey[] | undefined): readonly UsageKey[] {
  return [...new Set<UsageKey>(by ?? ['user', 'action'])]
}

const ExportOut = fields({
  id: Type.String(),
  accountId: Type.String(),
  scope: Type.String(),
  report: Type.String(),
  by: nullable(Type.Array(Type.String())),
  from: nullable(InstantOut),
  to: InstantOut,
  status: Type.String({ description: 'waiting, making, ready, failed or forgotten. An open list.' }),
  rows: Type.Integer({ description: 'So far, without the line of names.' }),
  bytes: Type.Integer(),
  url: nullable(Type.String({ description: 'Where the file is, once it is ready.' })),
  failure: nullable(Type.String({ description: 'Why it could not be made or put in its place, so far.' })),
  scheduleId: nullable(Type.String()),
  missed: Type.Integer({ description: 'Files of its schedule before this one that were left out.' }),
  delivery: nullable(Type.String({ description: 'Into a folder: waiting, done or failed.' })),
  createdAt: InstantOut,
  readyAt: nullable(InstantOut),
})

function sayExport(ask: Ask, row: ExportRow) {
  const { id, accountId, scope, report, status, rows, bytes, failure, scheduleId, missed, delivery } = row
  return {
    ...{ id, accountId, scope, report, status, rows, bytes, failure, scheduleId, missed, delivery },
    by: report === 'usage' ? row.by : null,
    from: sayInstantOrNull(row.from),
    to: sayInstant(row.to),
    url: status === 'ready' ? `${ask.house.publicUrl()}/api/v1/exports/${id}?format=csv` : null,
    createdAt: sayInstant(row.createdAt),
    readyAt: sayInstantOrNull(row.readyAt),
  }
}

const tag = 'Exports'

export const createExportRoute = route({
  id: 'create-export',
  method: 'POST',
  path: '/exports',
  tag,
  summary: "Order a CSV file of an account's usage or transactions",
  description:
    'It is made beside the requests, whatever its size; `export.ready` is told once it is there, and `GET /exports/{exportId}` says how far it is. Rows up to now are in it: a span that ends later ends now.',
  body: fields({ ...EXPORT_FIELDS, from: optional(nullable(Instant)), to: optional(nullable(Instant)) }),
  answers: { 201: ExportOut },
  run: async (ask, { body }) => {
    const { accountId, scope = null, report } = body
    const reading = openReading(decimalsOf(ask.project))
    const zone = await accountZone(ask, accountId, [body.from, body.to])
    const from = optionalInstant(reading, 'from', body.from, zone)
    const to = optionalInstant(reading, 'to', body.to, zone)
    endReading(reading)
    const prepare = () => prepareExport(ask, { accountId, scope, report, by: readBy(body.by), from, to })
    return rememberedPrepared(ask, 'create-export', accountId, prepare, async (session, prepared) => ({
      status: 201,
      body: sayExport(ask, await createExport(ask, session, prepared)),
    }))
  },
})

export const listExportsRoute = route({
  id: 'list-exports',
  method: 'GET',
  path: '/exports',
  tag,
  summary: 'Exports, newest first',
  query: fields({ accountId: optional(OwnId), scheduleId: optional(OwnId), ...PageQuery }),
  answers: { 200: page(ExportOut) },
  run: async (ask, { query }) => {
    const { limit, ascending, after } = readPage(ask, 'list-exports', query)
    const rows = await listExports(ask, {
      accountId: query.accountId ?? null,
      scheduleId: query.scheduleId ?? null,
      after: after === null ? null : { createdAt: after[0] as number, id: after[1] as string },
      ascending,
      limit: limit + 1,
    })
    const { data, nextCursor } = pageOf(ask, 'list-exports', rows, limit, (row) => [row.createdAt, row.id])
    return answer(200, { data: data.map((row) => sayExport(ask, row)), nextCursor })
  },
})

export const readExportRoute = route({
  id: 'read-export',
  method: 'GET',
  path: '/exports/{exportId}',
  tag,
  summary: 'How far an export is; its file by `Accept: text/csv` or `format=csv`',
  params: fields({ exportId: ScripId }),
  query: fields({ format: optional(oneOf(['json', 'csv'] as const)) }),
  answers: { 200: ExportOut },
  run: async (ask, { params, query, accept }) => {
    const row = await readExport(ask, params.exportId)
    if (!wantsCsv(accept, query.format)) return answer(200, sayExport(ask, row))
    return answer(200, Readable.from(openExport(ask, row)), {
      'content-type': 'text/csv; charset=utf-8',
      'content-length': String(row.bytes),
      'content-disposition': `attachment; filename="${exportFileName(row)}"`,
    })
  },
})
