/**
 * How often a promotion code was used. A use is counted with the order, in one transaction with it and by a
 * conditional update, so that twenty who order at once never use a single code twice. An order that ends
 * unpaid gives its use back; one that is paid after that counts again, whatever the limit says by then,
 * because paid money always has its effect.
 */
import { type Catalog, findPromotion, type Promotion } from '@scrip/core'
import { givePromotionUseBack, takePromotionUse } from '../database/promotion-uses.sql.ts'
import type { PurchaseRow } from '../database/purchases.sql.ts'
import type { Session } from '../database/transaction.ts'
import type { Project } from '../directory/projects.ts'
import { Refused } from './refused.ts'

/** Stands for all accounts together. */
const EVERYBODY = ''

export interface UseLimits {
  readonly uses: number | null
  readonly usesPerAccount: number | null
}

/** Which limit leaves no room; null where the use was counted. The caller's transaction is undone otherwise. */
export async function takeUse(
  session: Session,
  project: Project,
  code: string,
  accountId: string,
  { uses, usesPerAccount }: UseLimits,
): Promise<'uses' | 'usesPerAccount' | null> {
  if (!(await takePromotionUse(session, project.id, code, EVERYBODY, uses))) return 'uses'
  if (!(await takePromotionUse(session, project.id, code, accountId, usesPerAccount))) return 'usesPerAccount'
  return null
}

/** The promotion of a code, as the catalog has it; null where none is given. Refused: one that it does not have. */
export function promotionOf(catalog: Catalog, code: string | null): Promotion | null {
  if (code === null) return null
  const promotion = findPromotion(catalog, code)
  if (promotion !== null) return promotion
  throw new Refused('promotion_not_found', `There is no promotion ${code}.`, { found: code }, 'promotionCode')
}

export function promotionUsed(code: string, limit: 'uses' | 'usesPerAccount'): Refused {
  const whose = limit === 'uses' ? 'as often as it may be' : 'by this account as often as it may be'
  return new Refused(
    'promotion_used_up',
    `The promotion ${code} was used ${whose}.`,
    { limit },
    'promotionCode',
  )
}

/** Over for good without money. A declined card is not: the customer may still pay the same order until it expires. */
function isEndedUnpaid({ status, gateway, grantNow }: PurchaseRow): boolean {
  if (grantNow) return false
  return status === 'abandoned' || status === 'expired' || (status === 'failed' && gateway === 'manual')
}

/** Whether its use counts from now on. */
export async function countUse(
  session: Session,
  project: Project,
  before: PurchaseRow,
  after: PurchaseRow,
): Promise<boolean> {
  const { promotionCode: code, promotionCounted: isCounted, accountId } = before
  if (code === null) return false
  if (isCounted && isEndedUnpaid(after)) {
    for (const account of [EVERYBODY, accountId])
      await givePromotionUseBack(session, project.id, code, account)
    return false
  }
  if (!isCounted && after.paidAt !== null) {
    for (const account of [EVERYBODY, accountId])
      await takePromotionUse(session, project.id, code, account, null)
    return true
  }
  return isCounted
}
