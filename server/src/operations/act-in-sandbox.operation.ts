/**
 * What a customer and a bank would do to an order of the sandbox. The sandbox changes its own order and
 * tells of it by a webhook, which comes in by the same door as anybody's.
 */
import type { Instant } from '@scrip/core'
import { freshId } from '../directory/keys.ts'
import type { Project } from '../directory/projects.ts'
import { GatewayFault, type OrderReport } from '../gateways/gateway.ts'
import { sandboxFacts } from '../gateways/gateways.ts'
import { actOnOrder } from '../gateways/sandbox/sandbox.ts'
import { reportOf, type SandboxAct, type SandboxOrder } from '../gateways/sandbox/sandbox-order.ts'
import { signSandboxEvent } from '../gateways/sandbox/sandbox-webhook.ts'
import type { Installation } from './installation.ts'
import { receiveGatewayEvent } from './receive-gateway-event.ts'
import { Refused } from './refused.ts'

/** `at`: when it happens, by the account's own time. Refused: `sandbox_act_not_possible`, with why. */
export async function actInSandbox(
  house: Installation,
  project: Project,
  orderId: string,
  act: SandboxAct,
  at: Instant,
): Promise<OrderReport> {
  const facts = sandboxFacts(house, project)
  const order = await actOnOrder(facts, orderId, act, at).catch((error: unknown) => {
    if (!(error instanceof GatewayFault)) throw error
    throw new Refused('sandbox_act_not_possible', error.message, { act: act.act }, 'act')
  })
  if (act.act !== 'payWithoutWebhook') await sendWebhook(house, project, facts.secret, order)
  return reportOf(order)
}

async function sendWebhook(
  house: Installation,
  project: Project,
  secret: string,
  order: SandboxOrder,
): Promise<void> {
  const fact = order.payment.facts.at(-1)
  if (fact === undefined) return
  const now = house.realTime()
  const { headers, body } = signSandboxEvent(secret, order, { id: freshId('sbe', now), fact }, now)
  await receiveGatewayEvent(house, { gateway: 'sandbox', projectId: project.id, headers, body })
}
