/**
 * `GET /metrics`, as Prometheus and OpenTelemetry collectors read it. The figures are of the whole
 * installation and name no project, account or amount.
 */
import type { FastifyInstance } from 'fastify'
import type { JobFigures } from '../jobs/jobs.ts'
import { BATCH_BOUNDS, type LedgerFigures } from '../ledger/meter.ts'
import type { Installation } from '../operations/installation.ts'
import { type Figures, readFigures } from '../operations/read-figures.ts'
import { VERSION } from '../version.ts'
import { admitToFigures } from './door.ts'

const FORM = 'text/plain; version=0.0.4; charset=utf-8'

export function addMetrics(
  app: FastifyInstance,
  house: Installation,
  jobs: () => readonly JobFigures[],
): void {
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    await admitToFigures(house, request)
    return reply.type(FORM).send(exposition(await readFigures(house), jobs()))
  })
}

type Kind = 'gauge' | 'counter' | 'histogram'
type Sample = readonly [labels: string, value: number]

function family(name: string, kind: Kind, help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => `scrip_${name}${labels} ${value}`)
  return [`# HELP scrip_${name} ${help}`, `# TYPE scrip_${name} ${kind}`, ...lines].join('\n')
}

function gauge(name: string, value: number, help: string): string {
  return family(name, 'gauge', help, [['', value]])
}

export function exposition(figures: Figures, jobs: readonly JobFigures[]): string {
  const families = [
    family('build_info', 'gauge', 'The version that runs.', [[`{version="${VERSION}"}`, 1]]),
    gauge('database_up', figures.waiting === null ? 0 : 1, 'Whether the database answers in time.'),
    ...waitingFamilies(figures),
    ...ledgerFamilies(figures.ledger),
    ...jobFamilies(jobs),
    gauge('database_connections', figures.connections.open, 'Connections for reading and small writes.'),
    gauge('database_connections_idle', figures.connections.idle, 'Of these, without anything to do.'),
    gauge('database_connections_awaited', figures.connections.asking, 'Who waits for one.'),
    gauge('memory_bytes', process.memoryUsage.rss(), 'Resident memory of this process.'),
  ]
  return `${families.join('\n')}\n`
}

function waitingFamilies({ waiting }: Figures): string[] {
  if (waiting === null) return []
  return [
    gauge('due_oldest_seconds', waiting.oldestDueSeconds, 'How long the longest due pool has been due.'),
    gauge('outbox_rows', waiting.outboxRows, 'Events that wait for their place in the stream.'),
    gauge('outbox_lag_seconds', waiting.outboxSeconds, 'How long the oldest of them waits.'),
    gauge(
      'webhook_events_behind',
      waiting.webhookEventsBehind,
      'Events that the slowest endpoint has to hear.',
    ),
    gauge(
      'webhook_retries_waiting',
      waiting.webhookRetries,
      'Deliveries that failed and will be tried again.',
    ),
    gauge('webhook_endpoints_failing', waiting.webhookEndpointsFailing, 'Endpoints whose last tries failed.'),
    gauge('webhook_endpoints_disabled', waiting.webhookEndpointsDisabled, 'Endpoints that are told nothing.'),
    gauge('mails_waiting', waiting.mailsWaiting, 'Mails to be sent.'),
    gauge('mails_lag_seconds', waiting.mailSeconds, 'How long the oldest of them waits.'),
    gauge('payments_unpaid', waiting.paymentsUnpaid, 'Purchases that may still be paid.'),
    gauge('payments_stuck', waiting.paymentsStuck, 'Of these, pending for longer than is usual.'),
    gauge(
      'payments_unsettled',
      waiting.paymentsUnsettled,
      'Purchases with facts that were not acted on yet.',
    ),
    gauge(
      'gateway_events_unhandled',
      waiting.gatewayEventsUnhandled,
      'What gateways told and nothing came of.',
    ),
    gauge('exports_waiting', waiting.exportsWaiting, 'Files to be made or put in their place.'),
    gauge('exports_lag_seconds', waiting.exportSeconds, 'How long the oldest of them waits.'),
  ]
}

function ledgerFamilies({ batches, commands, batchesUpTo, waiting }: LedgerFigures): string[] {
  const buckets = BATCH_BOUNDS.map((bound, index): Sample => [`_bucket{le="${bound}"}`, batchesUpTo[index]!])
  return [
    family('commit_commands', 'histogram', 'Commands in each commit of the ledger, by this process.', [
      ...buckets,
      ['_bucket{le="+Inf"}', batches],
      ['_sum', commands],
      ['_count', batches],
    ]),
    gauge('commands_waiting', waiting, 'Commands that wait for a writer of this process.'),
  ]
}

function jobFamilies(jobs: readonly JobFigures[]): string[] {
  if (jobs.length === 0) return []
  const of = (value: (figures: JobFigures) => number): Sample[] =>
    jobs.map((figures) => [`{job="${figures.job}"}`, value(figures)])
  return [
    family(
      'job_rounds_total',
      'counter',
      'Rounds that this process ran.',
      of(({ rounds }) => rounds),
    ),
    family(
      'job_failures_total',
      'counter',
      'Rounds that failed.',
      of(({ failures }) => failures),
    ),
    family(
      'job_last_round_timestamp_seconds',
      'gauge',
      'When the last round that did not fail ended; 0 before the first.',
      of(({ endedAt }) => (endedAt ?? 0) / 1000),
    ),
  ]
}
