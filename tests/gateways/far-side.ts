/** The other end of a gateway, as a test moves it: a customer, a bank, a network that fails. */
import type { Instant, Money } from '@scrip/core'
import type { Checkout, Gateway, SavedMethod } from '../../server/src/gateways/gateway.ts'

export interface SignedWebhook {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export const NONSENSE = ['html', 'error', 'empty', 'wrong types', 'no json'] as const
export type Nonsense = (typeof NONSENSE)[number]
export type Health = 'well' | 'down' | 'slow' | Nonsense

/** What one gateway may lack, by the sentence it is then left out of. */
export type Ability =
  | 'is told of payments'
  | 'sends webhooks'
  | 'tells of attempts that failed'
  | 'tells of a page that was closed'
  | 'has payments under way'
  | 'returns money'
  | 'tells of disputes when asked'
  | 'keeps cards'
  | 'is reached over a network'
  | 'takes any amount'

export interface FarSide {
  readonly gateway: Gateway
  now(): Instant
  /** The customer pays; another amount than was ordered is the gateway's mistake. */
  pay(orderId: string, money?: Money): Promise<SignedWebhook>
  decline(orderId: string): Promise<SignedWebhook>
  close(orderId: string): Promise<SignedWebhook>
  /** Begins a payment that takes days; `pay` ends it. */
  begin(orderId: string): Promise<SignedWebhook>
  /** At the gateway's own dashboard. */
  refund(orderId: string, amount: number): Promise<SignedWebhook>
  dispute(orderId: string): Promise<SignedWebhook>
  endDispute(orderId: string, won: boolean): Promise<SignedWebhook>
  /** The same news under another event id. */
  again(webhook: SignedWebhook): SignedWebhook
  /** As the gateway signs, at an instant; `secret` for somebody else's. */
  sign(body: Buffer, at: Instant, secret?: string): SignedWebhook
  /** Whether the time of the signature is part of what is signed, or the event's own stands in for it. */
  readonly signsTime: boolean
  /** The kept card, or another in its place, that is declined from now on. */
  decliningCard(kept: SavedMethod): SavedMethod
  be(health: Health): void
  stop(): Promise<void>
}

let purchases = 0

export function aCheckout(change: Partial<Checkout> = {}): Checkout {
  return {
    purchaseId: `pur_${String(++purchases).padStart(26, '0')}`,
    total: { amount: 1500, currency: 'USD' },
    description: 'Small',
    customer: { accountId: 'org_42', name: 'Ada & Söhne', email: 'ada@example.com' },
    returnUrl: 'https://shop.example.com/back?tab=1',
    expiresAt: Date.now() + 3_600_000,
    savesMethod: false,
    ...change,
  }
}
