/** What must never be: money without its credits, credits without their money. Both lists are empty, or staff act. */
import { grantedNotPaid, type Mismatch, paidNotGranted } from '../database/purchase-monitor.sql.ts'
import type { Ask } from './ask.ts'

export interface PurchaseMonitor {
  readonly paidNotGranted: readonly Mismatch[]
  readonly grantedNotPaid: readonly Mismatch[]
}

const LISTED_MAX = 200

export async function readPurchaseMonitor(ask: Ask): Promise<PurchaseMonitor> {
  const { pool } = ask.house.database
  return {
    paidNotGranted: await paidNotGranted(pool, ask.project.id, LISTED_MAX),
    grantedNotPaid: await grantedNotPaid(pool, ask.project.id, LISTED_MAX),
  }
}
