import { instant } from './instant.ts'
import type { Session } from './transaction.ts'

export async function savePaymentMethod(
  session: Session,
  method: {
    readonly project: number
    readonly accountId: string
    readonly gateway: string
    readonly id: string
    readonly label: string
    readonly at: number
  },
): Promise<void> {
  await session.query(
    `insert into payment_method (project_id, account_id, gateway, method_id, label, saved_at)
     values ($1, $2, $3, $4, $5, ${instant(6)})
     on conflict (project_id, account_id, gateway, method_id) do update set label = $5`,
    [method.project, method.accountId, method.gateway, method.id, method.label, method.at],
  )
}
