/** Secrets of webhook endpoints as they stand sealed, for whoever seals them again. */
import type { Session } from './transaction.ts'

export interface SealedEndpoint {
  readonly id: string
  readonly secret: Buffer
  /** The one before it, while both still sign. */
  readonly previousSecret: Buffer | null
}

export async function everySealedEndpoint(session: Session): Promise<SealedEndpoint[]> {
  const { rows } = await session.query(
    `select id, secret, previous_secret as "previousSecret" from webhook_endpoint order by id limit 100000`,
  )
  return rows
}

/** Nothing where the secret was changed meanwhile: then it is sealed by the current key already. */
export async function resealEndpoint(
  session: Session,
  before: SealedEndpoint,
  after: Pick<SealedEndpoint, 'secret' | 'previousSecret'>,
): Promise<void> {
  await session.query(
    `update webhook_endpoint set secret = $3, previous_secret = $5
     where id = $1 and secret = $2 and previous_secret is not distinct from $4`,
    [before.id, before.secret, after.secret, before.previousSecret, after.previousSecret],
  )
}
