import { decimalsOf } from '../operations/ask.ts'
import { refund } from '../operations/refund.operation.ts'
import { AMOUNT_FIELDS, readAmount, readWhoAndWhy, WHO_AND_WHY } from './hold.route.ts'
import { route } from './route.ts'
import { said } from './said.ts'
import { fields, ScripId } from './schema.ts'
import { Refund } from './spend.schema.ts'
import { endReading, openReading } from './wire.ts'

export const refundRoute = route({
  id: 'refund',
  method: 'POST',
  path: '/charges/{chargeId}/refunds',
  tag: 'Spending',
  summary: 'Give credits of a charge back: all, a part, or the price of what did not happen',
  description: 'quantities and options say what was kept; without amounts all that is left is given back.',
  params: fields({ chargeId: ScripId }),
  body: fields({ ...AMOUNT_FIELDS, ...WHO_AND_WHY }),
  answers: { 201: Refund },
  run: async (ask, { params, body }) => {
    const reading = openReading(decimalsOf(ask.project))
    const amount = readAmount(reading, body)
    endReading(reading)
    return said(201, await refund(ask, params.chargeId, { ...amount, ...readWhoAndWhy(body) }))
  },
})
