/**
 * Bank transfers and contracts: nothing is opened and nobody is asked. Its facts come from staff, who
 * confirm what they see on the bank's statement.
 */
import { type Gateway, GatewayFault, WebhookRefused } from '../gateway.ts'

export function openManual(): Gateway {
  return {
    name: 'manual',
    openCheckout: async ({ purchaseId }) => ({ orderId: purchaseId, checkoutUrl: null }),
    // What staff confirmed stands with the purchase already: there is nothing that could be added.
    ask: async (orderId) => ({ orderId, purchaseId: orderId, facts: [], savedMethod: null }),
    async readWebhook() {
      throw new WebhookRefused('Nobody sends webhooks for payments by hand.')
    },
    async refund() {
      throw new GatewayFault('Money that came by hand goes back by hand: staff say when it did.', {
        retryable: false,
      })
    },
    chargeSaved: null,
  }
}
