/**
 * Seals again what a previous key sealed, when a server starts with a new one: afterwards the previous key
 * is not needed any more. What no key here opens stays as it is.
 */
import { everyGatewaySetting, resealGatewaySetting } from '../database/gateways.sql.ts'
import { everySealedEndpoint, resealEndpoint } from '../database/sealed-secrets.sql.ts'
import { sealedPlace } from '../gateways/gateways.ts'
import { type Secrets, SecretUnreadable } from '../secrets.ts'
import { secretPlace } from '../webhooks/signing.ts'
import type { Installation } from './installation.ts'

/** Read first: where nothing is old, nothing is written. */
export async function resealSecrets({ database: { pool }, secrets }: Installation): Promise<void> {
  for (const row of await everyGatewaySetting(pool)) {
    const sealed = sealedAgain(secrets, row.sealed, sealedPlace(row.projectId, row.gateway))
    if (sealed !== row.sealed) await resealGatewaySetting(pool, row, sealed)
  }
  for (const endpoint of await everySealedEndpoint(pool)) {
    const { id, previousSecret: previous } = endpoint
    const secret = sealedAgain(secrets, endpoint.secret, secretPlace(id))
    const previousSecret = previous === null ? null : sealedAgain(secrets, previous, secretPlace(id))
    const isSame = secret === endpoint.secret && previousSecret === previous
    if (!isSame) await resealEndpoint(pool, endpoint, { secret, previousSecret })
  }
}

/** The same one where there is nothing to do, or no key for it. */
function sealedAgain(secrets: Secrets, sealed: Buffer, place: string): Buffer {
  if (secrets.isCurrent(sealed)) return sealed
  try {
    return secrets.seal(secrets.open(sealed, place), place)
  } catch (error) {
    if (error instanceof SecretUnreadable) return sealed
    throw error
  }
}
