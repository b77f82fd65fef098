/** A project with a catalog and accounts, for tests of the ledger and for measurements. */
import { randomUUID } from 'node:crypto'
import type { Instant } from '@scrip/core'
import { catalogRowsAfter, insertCatalogRow } from '../../server/src/database/catalogs.sql.ts'
import type { Database } from '../../server/src/database/database.ts'
import { insertProject } from '../../server/src/database/projects.sql.ts'
import { openProjectCatalogs } from '../../server/src/directory/project-catalogs.ts'
import { openAccount } from '../../server/src/ledger/open-account.ts'
import type { Address } from '../../server/src/ledger/outcome.ts'
import type { CatalogSource } from '../../server/src/ledger/world.ts'

/** One credit an image, nothing given by itself. */
export const PLAIN_CATALOG = `scrip: 1
product: Plain
currency: USD
actions:
  image: { price: { credits: 1, per: images } }
  video: { price: 10 }
`

export interface SampleProject {
  readonly id: number
  readonly catalogs: CatalogSource
  account(accountId: string, at: Instant, timeZone?: string): Promise<Address>
}

let count = 0

export async function makeProject(
  database: Database,
  text = PLAIN_CATALOG,
  at: Instant = 0,
): Promise<SampleProject> {
  const facts = {
    name: `sample ${++count} of ${randomUUID()}`,
    mode: 'test',
    keyPrefix: 'sample',
    createdAt: at,
  } as const
  const row = await insertProject(database.pool, facts)
  if (row === null) throw new Error('the sample project has a name of its own')
  await applyCatalog(database, row.id, 1, text, at)
  return {
    id: row.id,
    catalogs: catalogSource(database),
    async account(accountId, createdAt, timeZone = 'UTC') {
      const address = await openAccount(database.pool, { project: row.id, accountId, timeZone, createdAt })
      if (address === null) throw new Error(`the account ${accountId} is new`)
      return address
    },
  }
}

export async function applyCatalog(
  database: Database,
  project: number,
  version: number,
  text: string,
  appliedAt: Instant,
): Promise<void> {
  await insertCatalogRow(database.pool, project, { version, appliedAt, text, appliedBy: null })
}

/** What one process knows of the catalogs. Two of them stand for two processes. */
export function catalogSource(database: Database): CatalogSource {
  const known = new Map<number, ReturnType<typeof openProjectCatalogs>>()
  return async (project) => {
    const catalogs = known.get(project) ?? openProjectCatalogs()
    known.set(project, catalogs)
    catalogs.add(await catalogRowsAfter(database.pool, project, catalogs.latest))
    return catalogs
  }
}
