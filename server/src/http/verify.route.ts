import { Type } from 'typebox'
import { verify } from '../operations/verify.operation.ts'
import { answer, route } from './route.ts'
import { fields, OwnId, optional } from './schema.ts'

const Rule = fields({ rule: Type.Integer(), sentence: Type.String(), violations: Type.Integer() })

const Violation = fields({
  rule: Type.Integer(),
  sentence: Type.String(),
  pool: Type.Integer(),
  account: Type.String(),
  place: Type.String(),
  found: Type.String(),
  expected: Type.String(),
})

export const verifyRoute = route({
  id: 'verify',
  method: 'GET',
  path: '/verification',
  tag: 'Installation',
  summary: 'Check everything that is stored against the rules',
  description: 'What `scrip verify` asks. Reads only, a portion at a time, so it may run beside the service.',
  query: fields({ projectId: optional(Type.Integer({ minimum: 1 })), accountId: optional(OwnId) }),
  answers: {
    200: fields({
      pools: Type.Integer({ description: 'How many pools were looked at.' }),
      rules: Type.Array(Rule),
      violations: Type.Array(Violation, { description: 'At most a thousand; the rules count them all.' }),
    }),
  },
  run: async (ask, { query }) => {
    const { projectId = null, accountId = null } = query
    return answer(200, await verify(ask.house, { project: projectId, accountId }))
  },
})
