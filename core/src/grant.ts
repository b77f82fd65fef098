/** The act that makes a lot: by staff, a campaign, or a paid purchase. To adjust up is a grant. */
import type { GrantCommand } from './commands.ts'
import { type Draft, whoAndWhy } from './draft.ts'
import { addLot, roomFor } from './lots.ts'
import type { Entry, LotOrigin } from './pool.ts'
import { type Refusal, refuse } from './refusals.ts'

/** What staff and `POST /grants` make; the other kinds come from plans and purchases alone. */
const GRANTABLE: readonly string[] = ['free', 'promotional', 'admin_grant']

export function grant(draft: Draft, command: GrantCommand): { entry: Entry } | { refused: Refusal } {
  const { kind, credits, effectiveAt, expiresAt, purchase } = command
  if (!GRANTABLE.includes(kind) && !(kind === 'purchased' && purchase != null)) {
    return refuse(
      'kind_not_grantable',
      `Lots of kind ${kind} come from plans and purchases alone.`,
      {},
      'kind',
    )
  }
  if (credits > roomFor(draft)) {
    return refuse(
      'amount_too_large',
      'The total would leave the range in which every number is exact.',
      {},
      'credits',
    )
  }
  if (effectiveAt != null && effectiveAt < draft.at) {
    return refuse('instant_in_the_past', 'A lot starts now or later.', {}, 'effectiveAt')
  }
  if (expiresAt != null && expiresAt <= Math.max(draft.at, effectiveAt ?? draft.at)) {
    return refuse('life_is_empty', 'A lot expires after it starts.', {}, 'expiresAt')
  }
  const origin: LotOrigin =
    purchase == null
      ? { type: 'grant' }
      : { type: 'purchase', purchase: purchase.id, line: purchase.line, bonus: purchase.bonus }
  const { entry } = addLot(draft, {
    kind,
    credits,
    origin,
    accountId: command.accountId,
    type: purchase == null ? 'grant' : 'purchase',
    effectiveAt: effectiveAt ?? null,
    expiresAt: expiresAt ?? null,
    paid: command.paid ?? null,
    detail: { ...(command.metadata ? { metadata: command.metadata } : {}), ...whoAndWhy(command) },
    command,
  })
  return { entry }
}
