import { describe, expect, test } from 'vitest'
import { WebhookRefused } from '../../server/src/gateways/gateway.ts'
import { openManual } from '../../server/src/gateways/manual/manual.ts'
import { describeGateway } from './conformance.ts'
import { aCheckout, type FarSide } from './far-side.ts'

const WHY = 'its facts come from staff'

const nobody = async (): Promise<never> => {
  throw new Error('Nobody is at the other end of a bank transfer.')
}

const farSide = async (): Promise<FarSide> => ({
  gateway: openManual(),
  now: () => 0,
  pay: nobody,
  decline: nobody,
  close: nobody,
  begin: nobody,
  refund: nobody,
  dispute: nobody,
  endDispute: nobody,
  again: (webhook) => webhook,
  sign: (body) => ({ headers: {}, body }),
  signsTime: false,
  decliningCard: (kept) => kept,
  be: () => undefined,
  stop: async () => undefined,
})

describeGateway({
  name: 'manual',
  open: farSide,
  cannot: {
    'is told of payments': WHY,
    'sends webhooks': WHY,
    'tells of attempts that failed': WHY,
    'tells of a page that was closed': WHY,
    'has payments under way': WHY,
    'returns money': WHY,
    'tells of disputes when asked': WHY,
    'keeps cards': WHY,
    'is reached over a network': WHY,
    'takes any amount': WHY,
  },
})

describe('manual', () => {
  test('opens nothing, takes no webhook and moves no money', async () => {
    const manual = openManual()
    const checkout = aCheckout()
    expect(await manual.openCheckout(checkout)).toEqual({ orderId: checkout.purchaseId, checkoutUrl: null })
    await expect(manual.readWebhook({}, Buffer.from('{}'), 0)).rejects.toThrow(WebhookRefused)
    const payment = { orderId: checkout.purchaseId, paymentId: 'IBAN 1' }
    await expect(manual.refund(payment, checkout.total, 'key')).rejects.toMatchObject({ retryable: false })
    expect(manual.chargeSaved).toBeNull()
  })
})
