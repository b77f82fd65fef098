import type { Session } from './transaction.ts'

/** What waits to be done, over all projects. Ages are seconds by the database's clock; 0 where nothing waits. */
export interface WaitingFigures {
  readonly oldestDueSeconds: number
  readonly outboxRows: number
  readonly outboxSeconds: number
  readonly webhookEventsBehind: number
  readonly webhookRetries: number
  readonly webhookEndpointsFailing: number
  readonly webhookEndpointsDisabled: number
  readonly mailsWaiting: number
  readonly mailSeconds: number
  readonly paymentsUnpaid: number
  readonly paymentsStuck: number
  readonly paymentsUnsettled: number
  readonly gatewayEventsUnhandled: number
  readonly exportsWaiting: number
  readonly exportSeconds: number
}

function ageOf(instant: string): string {
  return `coalesce(greatest(extract(epoch from clock_timestamp() - ${instant}), 0), 0)::float8`
}

/**
 * Each is read from an index that has only what waits. A project whose test clock stands is left out of the
 * oldest due: how old that is, only its own clock says.
 */
export async function waitingFigures(session: Session): Promise<WaitingFigures> {
  const { rows } = await session.query<WaitingFigures>(
    `select due."oldestDueSeconds", told.*, hooks.*, retries.*, mails.*, payments.*, unsettled.*, events.*, files.*
     from
       (select ${ageOf('min(pool.due_at)')} as "oldestDueSeconds" from pool join project on project.id = pool.project_id
        where pool.due_at <= clock_timestamp() and project.test_clock is null) due,
       (select count(*) as "outboxRows", ${ageOf('min(recorded_at)')} as "outboxSeconds" from outbox) told,
       (select coalesce(max(last - position) filter (where status = 'enabled'), 0)::bigint as "webhookEventsBehind",
          count(*) filter (where status = 'enabled' and failing_since is not null) as "webhookEndpointsFailing",
          count(*) filter (where status = 'disabled') as "webhookEndpointsDisabled"
        from webhook_endpoint, event_position) hooks,
       (select count(*) as "webhookRetries" from webhook_delivery where next_at is not null) retries,
       (select count(*) as "mailsWaiting", ${ageOf('min(written_at)')} as "mailSeconds" from mail where status = 'waiting') mails,
       (select count(*) as "paymentsUnpaid", count(*) filter (where stuck_at is not null) as "paymentsStuck"
        from purchase where status in ('pending', 'failed', 'abandoned')) payments,
       (select count(*) as "paymentsUnsettled" from purchase
        where settled_count < fact_count) unsettled,
       (select count(*) as "gatewayEventsUnhandled" from gateway_event where due_at is not null) events,
       (select count(*) as "exportsWaiting", ${ageOf('min(recorded_at)')} as "exportSeconds" from export
        where status in ('waiting', 'making') or delivery = 'waiting') files`,
  )
  return rows[0]!
}
