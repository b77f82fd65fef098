/**
 * The customer comes back from a gateway's page. What the browser brings is a hint that something happened:
 * its signature is checked, and the gateway itself is asked what it was.
 */
import { GatewayFault, type OrderReport, WebhookRefused } from '../gateways/gateway.ts'
import { openGateway } from '../gateways/gateways.ts'
import { type HostedCheckout, openHostedCheckout } from '../gateways/hosted-link.ts'
import type { Installation } from './installation.ts'
import { settlePurchaseByReport } from './settle-purchase.ts'

/** What the link of a checkout page says. Refused: one that was not made here. */
export function readHostedCheckout(house: Installation, token: string): HostedCheckout {
  const checkout = openHostedCheckout(house.secret, token)
  if (checkout !== null) return checkout
  throw new WebhookRefused('This link was not made here, or was changed.')
}

/**
 * A signed return has to be of this very order; one without a signature is a customer who closed the page or
 * whose payment failed. Either way the gateway is asked; where it does not answer, its webhook or a recheck will.
 */
export async function settleReturn(
  house: Installation,
  { projectId, gateway: name, orderId }: HostedCheckout,
  fields: Readonly<Record<string, string>>,
): Promise<void> {
  const project = await house.projects.find(projectId)
  if (project === null) throw new WebhookRefused('This link was not made here, or was changed.')
  const gateway = await openGateway(house, project, name)
  const isSigned = Object.keys(fields).some((field) => field.endsWith('_signature'))
  if (isSigned && gateway.verifyReturn?.(fields).orderId !== orderId) {
    throw new WebhookRefused('The return is of another order.')
  }
  const report = await gateway.ask(orderId).catch(nothingYet)
  if (report !== null) await settlePurchaseByReport(house, project, name, report, 'return')
}

function nothingYet(error: unknown): OrderReport | null {
  if (error instanceof GatewayFault) return null
  throw error
}
