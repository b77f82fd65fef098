import { type Static, Type } from 'typebox'
import type { ScheduleRow } from '../database/export-schedules.sql.ts'
import { sayInstant } from '../ledger/replay.ts'
import { listExportSchedules } from '../operations/list-export-schedules.operation.ts'
import { prepareSchedule, putExportSchedule } from '../operations/put-export-schedule.operation.ts'
import { readExportSchedule } from '../operations/read-export-schedule.operation.ts'
import { remembered, rememberedPrepared } from '../operations/remembered.ts'
import { removeExportSchedule } from '../operations/remove-export-schedule.operation.ts'
import { pageOf, readPage } from './cursor.ts'
import { EXPORT_FIELDS, readBy } from './export.route.ts'
import { answer, route } from './route.ts'
import { Cursor, Email, fields, InstantOut, Limit, nullable, OwnId, oneOf, optional, page } from './schema.ts'

const AT_DEFAULT = '06:00'

const Deliver = fields(
  {
    email: optional(
      Type.Array(Email, { minItems: 1, maxItems: 10, description: 'Addresses that the file is sent to.' }),
    ),
    webhook: optional(
      Type.Boolean({
        const: true,
        description: 'By the event export.ready alone, which is told in any case.',
      }),
    ),
    folder: optional(
      Type.String({
        maxLength: 300,
        pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9][A-Za-z0-9._-]{0,99}){0,4}$',
        'x-expects': 'up to five folder names of letters, digits and . _ -, divided by /',
        description: 'Below the folder that whoever runs the server opened for exports.',
      }),
    ),
  },
  { minProperties: 1, maxProperties: 1, description: 'Where the file goes.' },
)

const ScheduleOut = fields({
  id: Type.String(),
  accountId: Type.String(),
  scope: Type.String(),
  report: Type.String(),
  by: nullable(Type.Array(Type.String())),
  every: Type.String(),
  at: Type.String({ description: "The time of day in the account's time zone." }),
  deliver: Deliver,
  nextAt: InstantOut,
  createdAt: InstantOut,
  updatedAt: InstantOut,
})

function saySchedule(row: ScheduleRow) {
  const { id, accountId, scope, report, every, deliver } = row
  return {
    ...{ id, accountId, scope, report, every, deliver },
    by: report === 'usage' ? row.by : null,
    at: sayTimeOfDay(row.at),
    nextAt: sayInstant(row.nextAt),
    createdAt: sayInstant(row.createdAt),
    updatedAt: sayInstant(row.updatedAt),
  }
}

function sayTimeOfDay(minutes: number): string {
  const two = (number: number): string => String(number).padStart(2, '0')
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** Checked by its pattern before. */
function readTimeOfDay(text: string): number {
  const [hours, minutes] = text.split(':').map(Number)
  return (hours as number) * 60 + (minutes as number)
}

const tag = 'Exports'
const PATH = '/export-schedules/{scheduleId}'
const params = fields({ scheduleId: OwnId })

const body = fields({
  ...EXPORT_FIELDS,
  every: oneOf(['day', 'week', 'month'] as const),
  at: optional(
    Type.String({
      pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
      'x-expects': 'a time of day such as 06:00',
      description: `In the account's time zone, on the day after, on Monday, on the first of the month; ${AT_DEFAULT} where nothing is said.`,
    }),
  ),
  deliver: Deliver,
})

function readSchedule(id: string, given: Static<typeof body>) {
  const { accountId, scope = null, report, every, at = AT_DEFAULT, deliver } = given
  const { folder, email } = deliver
  return {
    ...{ id, accountId, scope, report, every, by: readBy(given.by), at: readTimeOfDay(at) },
    deliver: folder !== undefined ? { folder } : email !== undefined ? { email } : { webhook: true as const },
  }
}

export const putExportScheduleRoute = route({
  id: 'put-export-schedule',
  method: 'PUT',
  path: PATH,
  tag,
  summary: 'Have a CSV file come by itself after each day, week or month',
  description:
    'Each file is made once, of the day, week (from Monday) or month that ended. After a time in which the server was down the latest one comes, with `missed` saying how many were left out.',
  params,
  body,
  answers: { 200: ScheduleOut, 201: ScheduleOut },
  run: (ask, { params: { scheduleId }, body: given }) => {
    const prepare = () => prepareSchedule(ask, readSchedule(scheduleId, given))
    const operation = `put-export-schedule:${scheduleId}`
    return rememberedPrepared(ask, operation, given.accountId, prepare, async (session, prepared) => {
      const { schedule, made } = await putExportSchedule(ask, session, prepared)
      return { status: made ? 201 : 200, body: saySchedule(schedule) }
    })
  },
})

export const readExportScheduleRoute = route({
  id: 'read-export-schedule',
  method: 'GET',
  path: PATH,
  tag,
  summary: 'One schedule of exports',
  params,
  answers: { 200: ScheduleOut },
  run: async (ask, { params: { scheduleId } }) =>
    answer(200, saySchedule(await readExportSchedule(ask, scheduleId))),
})

export const listExportSchedulesRoute = route({
  id: 'list-export-schedules',
  method: 'GET',
  path: '/export-schedules',
  tag,
  summary: 'Schedules of exports, by id',
  query: fields({ accountId: optional(OwnId), limit: optional(Limit), cursor: optional(Cursor) }),
  answers: { 200: page(ScheduleOut) },
  run: async (ask, { query }) => {
    const list = 'list-export-schedules'
    const { limit, after } = readPage(ask, list, query)
    const rows = await listExportSchedules(ask, {
      accountId: query.accountId ?? null,
      after: (after?.[0] as string) ?? null,
      limit: limit + 1,
    })
    const { data, nextCursor } = pageOf(ask, list, rows, limit, (row) => [row.id])
    return answer(200, { data: data.map(saySchedule), nextCursor })
  },
})

export const removeExportScheduleRoute = route({
  id: 'remove-export-schedule',
  method: 'DELETE',
  path: PATH,
  tag,
  summary: 'End a schedule; files that it made stay',
  params,
  answers: { 204: Type.Null() },
  run: (ask, { params: { scheduleId } }) =>
    remembered(ask, `remove-export-schedule:${scheduleId}`, '', async (session) => {
      await removeExportSchedule(ask, session, scheduleId)
      return { status: 204, body: undefined }
    }),
})
