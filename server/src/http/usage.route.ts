import { formatCredits } from '@scrip/core'
import { Type } from 'typebox'
import type { Usage } from '../database/journal.sql.ts'
import { sayInstant } from '../ledger/replay.ts'
import { accountZone } from '../operations/account-zone.ts'
import { decimalsOf } from '../operations/ask.ts'
import { readUsageBreakdown } from '../operations/read-usage-breakdown.operation.ts'
import { readUsageDays } from '../operations/read-usage-days.operation.ts'
import { readUsageMonths } from '../operations/read-usage-months.operation.ts'
import { answer, route } from './route.ts'
import { fields, Instant, InstantOut, nullable, oneOf, optional } from './schema.ts'
import { AccountParams } from './subscription.route.ts'
import { endReading, openReading, optionalInstant } from './wire.ts'

const USAGE = {
  used: Type.Number({ description: 'Charges less refunds.' }),
  charged: Type.Number(),
  refunded: Type.Number(),
  usageTransactions: Type.Integer({
    description: 'Charges that cost something, a hold captured in steps being one.',
  }),
}

function sayUsage({ used, charged, refunded, uses }: Usage, decimals: number) {
  const say = (units: number): number => formatCredits(units, decimals)
  return { used: say(used), charged: say(charged), refunded: say(refunded), usageTransactions: uses }
}

const tag = 'Usage'

export const readUsageMonthsRoute = route({
  id: 'read-usage-months',
  method: 'GET',
  path: '/accounts/{accountId}/usage/months',
  tag,
  summary: 'Usage of the current month and those before it',
  params: AccountParams,
  query: fields({ count: optional(Type.Integer({ minimum: 1, maximum: 60 })) }),
  answers: {
    200: fields({
      timeZone: Type.String(),
      data: Type.Array(
        fields({
          month: Type.String({ description: 'Such as 2026-11, by the account’s calendar.' }),
          start: InstantOut,
          end: InstantOut,
          current: Type.Boolean(),
          ...USAGE,
          usedByThisTime: Type.Number({ description: 'What was used by the same time of the month.' }),
        }),
      ),
    }),
  },
  run: async (ask, { params: { accountId }, query }) => {
    const { months, timeZone } = await readUsageMonths(ask, accountId, query.count ?? 4)
    const decimals = decimalsOf(ask.project)
    const data = months.map((month) => ({
      month: dateIn(month.start, timeZone).slice(0, 7),
      start: sayInstant(month.start),
      end: sayInstant(month.end),
      current: month.current,
      ...sayUsage(month, decimals),
      usedByThisTime: formatCredits(month.usedByThisTime, decimals),
    }))
    return answer(200, { timeZone, data })
  },
})

/** The date of an instant in a zone, as ISO 8601 writes it. */
function dateIn(at: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  return parts.format(at)
}

const SPAN = { from: optional(Instant), to: optional(Instant) }

export const readUsageDaysRoute = route({
  id: 'read-usage-days',
  method: 'GET',
  path: '/accounts/{accountId}/usage/days',
  tag,
  summary: 'Usage day by day',
  params: AccountParams,
  query: fields(SPAN),
  answers: {
    200: fields({
      timeZone: Type.String(),
      data: Type.Array(fields({ day: Type.String(), start: InstantOut, end: InstantOut, ...USAGE })),
    }),
  },
  run: async (ask, { params: { accountId }, query }) => {
    const decimals = decimalsOf(ask.project)
    const reading = openReading(decimals)
    const zone = await accountZone(ask, accountId, [query.from, query.to])
    const from = optionalInstant(reading, 'from', query.from, zone)
    const to = optionalInstant(reading, 'to', query.to, zone)
    endReading(reading)
    const { days, timeZone } = await readUsageDays(ask, accountId, { from, to })
    const data = days.map((day) => ({
      day: dateIn(day.start, timeZone),
      start: sayInstant(day.start),
      end: sayInstant(day.end),
      ...sayUsage(day, decimals),
    }))
    return answer(200, { timeZone, data })
  },
})

export const readUsageBreakdownRoute = route({
  id: 'read-usage-breakdown',
  method: 'GET',
  path: '/accounts/{accountId}/usage/breakdown',
  tag,
  summary: 'Who or what used how much, the most first',
  params: AccountParams,
  query: fields({
    by: oneOf(['action', 'user', 'subject', 'account'] as const),
    ...SPAN,
    limit: optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  }),
  answers: {
    200: fields({
      by: Type.String(),
      data: Type.Array(
        fields({
          key: nullable(Type.String({ description: 'null = rows that name none.' })),
          name: nullable(
            Type.String({ description: "An action's by the catalog; a subject's as it was given last." }),
          ),
          ...USAGE,
        }),
      ),
    }),
  },
  run: async (ask, { params: { accountId }, query }) => {
    const decimals = decimalsOf(ask.project)
    const reading = openReading(decimals)
    const zone = await accountZone(ask, accountId, [query.from, query.to])
    const from = optionalInstant(reading, 'from', query.from, zone)
    const to = optionalInstant(reading, 'to', query.to, zone)
    endReading(reading)
    const rows = await readUsageBreakdown(ask, accountId, query.by, { from, to }, query.limit ?? 200)
    return answer(200, {
      by: query.by,
      data: rows.map((row) => ({ key: row.key, name: row.name, ...sayUsage(row, decimals) })),
    })
  },
})
