/** Makes a key: a project's, with scopes, or a customer's own, bound to its account. It is shown once. */
import type { Instant } from '@scrip/core'
import { accountById } from '../database/accounts.sql.ts'
import { countLiveKeys, type HashedKey, insertKey, type KeyRecord, type Scope } from '../database/keys.sql.ts'
import type { Session } from '../database/transaction.ts'
import { mintKey } from '../directory/key-text.ts'
import { freshId } from '../directory/keys.ts'
import { tell } from './account-write.ts'
import { type Ask, accountNotFound, projectTime } from './ask.ts'
import { hasScope } from './caller.ts'
import { Refused } from './refused.ts'

export interface KeyRequest {
  readonly name: string | null
  readonly scopes: readonly Scope[]
  readonly accountId: string | null
  readonly userId: string | null
  readonly permissions: readonly string[]
  readonly expiresAt: Instant | null
}

export interface KeyMade {
  readonly key: KeyRecord
  /** The key itself, which stands nowhere else. */
  readonly text: string
}

const LIVE_KEYS_MAX = 100

export async function createKey(ask: Ask, session: Session, request: KeyRequest): Promise<KeyMade> {
  for (const scope of request.scopes) {
    if (hasScope(ask.caller, scope)) continue
    throw new Refused(
      'scope_not_held',
      `A key without the scope ${scope} cannot give it.`,
      { scope },
      'scopes',
    )
  }
  if (request.accountId !== null) {
    const account = await accountById(session, ask.project.id, request.accountId)
    if (account === null) throw accountNotFound(request.accountId)
  }
  if ((await countLiveKeys(session, ask.project.id, request.accountId)) >= LIVE_KEYS_MAX) {
    throw new Refused('key_limit_exceeded', `There are ${LIVE_KEYS_MAX} live keys already; revoke one first.`)
  }
  const made = mint(ask, request)
  await insertKey(session, made.key)
  await tell(ask, session, 'key.created', request.accountId, { keyId: made.key.id })
  return made
}

/** A project's keys begin with `scrip`, its customers' with the product's own prefix. */
export function mint(ask: Ask, request: KeyRequest): KeyMade & { readonly key: HashedKey } {
  const { project, house } = ask
  const owner = request.accountId === null ? 'scrip' : customerPrefix(ask)
  const { text, prefix, hash } = mintKey(owner, project.mode)
  const createdAt = house.realTime()
  const key: HashedKey = {
    ...request,
    id: freshId('key', createdAt),
    projectId: project.id,
    prefix,
    hash,
    createdAt,
    lastUsedAt: null,
    revokedAt: null,
  }
  return { key, text }
}

function customerPrefix(ask: Ask): string {
  const { catalogs, keyPrefix } = ask.project
  return catalogs.latest === 0 ? keyPrefix : catalogs.at(projectTime(ask)).keyPrefix
}
