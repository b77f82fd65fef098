/**
 * Yardstick: `POST /charges` on the server as it is, with its limits, its auth, its check of the body
 * and its way of writing an answer, that then answers one and the same charge: no ledger, no database.
 * A program of its own: node … empty-post.ts URL PORT
 */
import { openDatabase } from '../../server/src/database/database.ts'
import { openAccounts } from '../../server/src/directory/accounts.ts'
import { openKeys } from '../../server/src/directory/keys.ts'
import { openProjects } from '../../server/src/directory/projects.ts'
import { openApp } from '../../server/src/http/app.ts'
import { chargeRoute } from '../../server/src/http/charge.route.ts'
import { admit } from '../../server/src/http/door.ts'
import { answer } from '../../server/src/http/route.ts'
import { addRoute } from '../../server/src/http/route-runner.ts'
import type { Installation } from '../../server/src/operations/installation.ts'

const [url, port] = process.argv.slice(2)
const database = await openDatabase({ url: url! })
const house: Installation = {
  database,
  // Never asked: the one route that is measured answers by itself.
  ledger: undefined as never,
  projects: openProjects(database, Date.now),
  accounts: openAccounts(database, Date.now),
  keys: openKeys(database, Date.now),
  secret: Buffer.alloc(32),
  secrets: undefined as never,
  publicUrl: () => '',
  exportFolder: null,
  mailer: null,
  webhooksMayBePrivate: false,
  realTime: Date.now,
}

const CHARGE = {
  id: 'chg_01jd3w7m2k000000010000000c',
  transactionId: 'txn_01jd3w7m2k000000010000000c',
  accountId: 'org_1',
  action: 'image.generate',
  userId: 'user_1',
  subject: { type: 'workspace', id: 'workspace_1', name: null },
  metadata: {},
  credits: 5,
  lines: [{ name: 'Image generation', quantity: 1, unit: 5, credits: 5 }],
  draws: [{ lotId: 'lot_0000000100000001', credits: 5 }],
  quantities: { images: 1 },
  options: { model: 'fast', size: 'square' },
  quoteId: null,
  holdId: null,
  catalogVersion: 1,
  at: '2026-11-20T12:00:00.000Z',
  balance: 999_999_995,
  available: 999_999_995,
  held: 0,
}

const app = await openApp(house, {
  publicUrl: '',
  log: false,
  accountKeyLimit: null,
  jobFigures: () => [],
  hasApi: true,
  underWayMax: 10_000,
})
const emptyRoute = { ...chargeRoute, path: '/empty', run: async () => answer(201, CHARGE) }
await app.register(
  async (api) => addRoute(api, house, emptyRoute, (request) => admit(house, request, 'charge')),
  { prefix: '/api/v1' },
)
process.once('SIGTERM', () => void app.close().then(() => process.exit()))
await app.listen({ port: Number(port), host: '127.0.0.1' })
