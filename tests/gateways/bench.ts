/** What the sentences of the conformance suite work with: one gateway, its far side, and an order of it. */
import { type PaymentFact, type PurchasePayment, paymentOf } from '@scrip/core'
import { test } from 'vitest'
import { type Checkout, type OrderReport, WebhookRefused } from '../../server/src/gateways/gateway.ts'
import { type Ability, aCheckout, type FarSide, type SignedWebhook } from './far-side.ts'

export interface Ordered {
  readonly checkout: Checkout
  readonly orderId: string
  payment(facts: readonly PaymentFact[]): PurchasePayment
  /** What it is when the gateway is asked now. */
  asked(): Promise<PurchasePayment>
}

export interface Bench {
  readonly name: string
  /** Valid inside a test. */
  far(): FarSide
  /** A sentence; not the gateway's where it lacks what the sentence needs: `cannot` says so, and why. */
  proves(title: string, needs: readonly Ability[], work: () => Promise<void>): void
  ordered(change?: Partial<Checkout>): Promise<Ordered>
  /** What a webhook says, and where it does not say enough, what the gateway then answers. */
  read(webhook: SignedWebhook): Promise<OrderReport>
  /** `accepted`, `refused`, or what else was thrown. */
  refused(webhook: SignedWebhook): Promise<unknown>
  moneyOf(payment: PurchasePayment): Pick<PurchasePayment, 'status' | 'paid' | 'returned'>
}

export type Cannot = Partial<Readonly<Record<Ability, string>>>

export function benchOf(name: string, cannot: Cannot, far: () => FarSide): Bench {
  return {
    name,
    far,
    proves(title, needs, work) {
      if (!needs.some((ability) => cannot[ability] !== undefined)) test(title, work)
    },
    async ordered(change = {}) {
      const checkout = aCheckout(change)
      const { orderId } = await far().gateway.openCheckout(checkout)
      const payment = (facts: readonly PaymentFact[]) => paymentOf(checkout.total, facts, false)
      const asked = async () => payment((await far().gateway.ask(orderId)).facts)
      return { checkout, orderId, payment, asked }
    },
    async read({ headers, body }) {
      const { gateway, now } = far()
      const event = await gateway.readWebhook(headers, body, now())
      return event.report ?? (await gateway.ask(event.asks!))
    },
    refused: ({ headers, body }) =>
      far()
        .gateway.readWebhook(headers, body, far().now())
        .then(
          () => 'accepted',
          (error: unknown) => (error instanceof WebhookRefused ? 'refused' : error),
        ),
    moneyOf: ({ status, paid, returned }) => ({ status, paid, returned }),
  }
}
