/** What every operation works with: the database, the ledger, who is who, and the one real clock. */
import type { Instant } from '@scrip/core'
import type { Database } from '../database/database.ts'
import type { Accounts } from '../directory/accounts.ts'
import type { Keys } from '../directory/keys.ts'
import type { Projects } from '../directory/projects.ts'
import type { Ledger } from '../ledger/ledger.ts'

export interface Installation {
  readonly database: Database
  readonly ledger: Ledger
  readonly projects: Projects
  readonly accounts: Accounts
  readonly keys: Keys
  /** Signs quotes and cursors. Made once for the installation and kept in the database, or given by the operator. */
  readonly secret: Buffer
  realTime(): Instant
}
