/** A balance on the wire: credits with the project's decimals, instants as text. */
import { type CreditsView, decimalPrice, formatCredits, type UnitPrice } from '@scrip/core'
import { Type } from 'typebox'
import { sayInstant } from '../ledger/replay.ts'
import { fields, InstantOut, nullable } from './schema.ts'

const Group = fields({ available: Type.Number(), held: Type.Number() })

const CREDITS_FIELDS = {
  balance: Type.Number({ description: 'available + held: what the transactions add up to.' }),
  available: Type.Number({ description: 'What can be spent now.' }),
  held: Type.Number({ description: 'What open holds set aside.' }),
  status: Type.String({ description: 'active, low, exhausted or inactive. An open list.' }),
  plan: nullable(Type.String()),
  received: Type.Number(),
  used: Type.Number(),
  removed: Type.Number({ description: 'received − used − removed = balance, always.' }),
  expired: Type.Number(),
  byGroup: fields({ subscription: Group, purchased: Group }),
  nextRefill: nullable(
    fields({ at: InstantOut, credits: Type.Number(), net: Type.Number(), availableAfter: Type.Number() }),
  ),
  nextExpiry: nullable(fields({ at: InstantOut, credits: Type.Number() })),
}

export const CreditsSummary = fields(CREDITS_FIELDS)

const CostPerCredit = fields({
  amount: Type.String({ description: 'In major units, with up to six decimals: 0.02.' }),
  currency: Type.String(),
})

export const CREDITS_OUT_FIELDS = {
  ...CREDITS_FIELDS,
  accountId: Type.String(),
  at: InstantOut,
  costPerCredit: nullable(CostPerCredit),
}

export const LotOut = fields({
  id: Type.String(),
  accountId: Type.String(),
  kind: Type.String(),
  group: Type.String(),
  origin: Type.String({
    description: 'refill, plan_change, trial, starter, sign_up, grant, purchase or grace. An open list.',
  }),
  originLotId: nullable(Type.String({ description: 'Of a grace lot: the lot whose credits came again.' })),
  priority: Type.Integer(),
  amount: Type.Number(),
  returned: Type.Number(),
  used: Type.Number(),
  removed: Type.Number(),
  remaining: Type.Number(),
  held: Type.Number(),
  grantedAt: InstantOut,
  effectiveAt: InstantOut,
  expiresAt: nullable(InstantOut),
  paid: nullable(fields({ amount: Type.Number(), currency: Type.String() })),
  closed: nullable(Type.String()),
  number: Type.Integer(),
})

export function sayCredits(view: CreditsView, decimals: number) {
  const say = (units: number): number => formatCredits(units, decimals)
  const group = ({ available, held }: { available: number; held: number }) => ({
    available: say(available),
    held: say(held),
  })
  const { nextRefill, nextExpiry, byGroup } = view
  return {
    balance: say(view.balance),
    available: say(view.available),
    held: say(view.held),
    status: view.status,
    plan: view.plan,
    received: say(view.received),
    used: say(view.used),
    removed: say(view.removed),
    expired: say(view.expired),
    byGroup: { subscription: group(byGroup.subscription), purchased: group(byGroup.purchased) },
    nextRefill:
      nextRefill === null
        ? null
        : {
            at: sayInstant(nextRefill.at),
            credits: say(nextRefill.credits),
            net: say(nextRefill.net),
            availableAfter: say(nextRefill.availableAfter),
          },
    nextExpiry:
      nextExpiry === null ? null : { at: sayInstant(nextExpiry.at), credits: say(nextExpiry.credits) },
  }
}

export function sayUnitPrice(price: UnitPrice | null) {
  return price === null ? null : { amount: decimalPrice(price), currency: price.currency }
}
