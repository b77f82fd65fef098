/** Who asks: a project's key, a customer's own key, or the operator at the machine's own control socket. */
import type { KeyRecord, Scope } from '../database/keys.sql.ts'

export type Caller =
  | { readonly kind: 'project'; readonly key: KeyRecord }
  | { readonly kind: 'account'; readonly key: KeyRecord; readonly accountId: string }
  | { readonly kind: 'operator' }

export const SCOPES: readonly Scope[] = ['read', 'spend', 'refund', 'sell', 'grant', 'keys', 'admin']

/** `admin` contains all others. A customer's key has no scopes: what it may do is what its rows of the access table say. */
export function hasScope(caller: Caller, scope: Scope): boolean {
  if (caller.kind === 'operator') return true
  if (caller.kind === 'account') return false
  return caller.key.scopes.includes(scope) || caller.key.scopes.includes('admin')
}
