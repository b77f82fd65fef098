/** What the sandbox's checkout page shows, and what its buttons do. Whoever has the link may: it is a test project's. */
import { accountById } from '../database/accounts.sql.ts'
import { type Project, timeOfClock } from '../directory/projects.ts'
import { findOrder } from '../gateways/sandbox/sandbox.ts'
import type { SandboxAct, SandboxOrder } from '../gateways/sandbox/sandbox-order.ts'
import { actInSandbox } from './act-in-sandbox.operation.ts'
import type { Installation } from './installation.ts'
import { Refused } from './refused.ts'

export interface SandboxPage {
  readonly project: Project
  readonly order: SandboxOrder
  /** The customer's name, or its id. */
  readonly customer: string
}

export async function readSandboxPage(house: Installation, orderId: string): Promise<SandboxPage> {
  const order = await findOrder(house.database, orderId)
  const project = order === null ? null : await house.projects.find(order.projectId)
  if (order === null || project === null) {
    throw new Refused('sandbox_order_not_found', 'The sandbox knows no such order.')
  }
  const { accountId } = order.checkout
  const account = await accountById(house.database.pool, project.id, accountId)
  return { project, order, customer: account?.name ?? accountId }
}

export async function actOnSandboxPage(
  house: Installation,
  { project, order }: SandboxPage,
  act: SandboxAct,
): Promise<void> {
  const at = timeOfClock(project, house.realTime())
  await actInSandbox(house, project, order.orderId, act, at)
}
