/** What every operation works with: the database, the ledger, who is who, and the one real clock. */
import type { Instant } from '@scrip/core'
import type { Database } from '../database/database.ts'
import type { Accounts } from '../directory/accounts.ts'
import type { Keys } from '../directory/keys.ts'
import type { Projects } from '../directory/projects.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Mailer } from '../mail/mailer.ts'
import type { Secrets } from '../secrets.ts'

export interface Installation {
  readonly database: Database
  readonly ledger: Ledger
  readonly projects: Projects
  readonly accounts: Accounts
  readonly keys: Keys
  /** Signs quotes and cursors. Made once for the installation and kept in the database, or given by the operator. */
  readonly secret: Buffer
  /** Seals what has to be read again, such as a gateway's keys. */
  readonly secrets: Secrets
  /** As the server is reached from outside, without a trailing slash; '' where it neither was told nor listens. */
  publicUrl(): string
  /** Below which scheduled exports may be put; null where the operator opened none (SCRIP_EXPORT_FOLDER). */
  readonly exportFolder: string | null
  /** Webhooks may be sent to private addresses, and over plain http (SCRIP_WEBHOOK_ALLOW_PRIVATE). */
  readonly webhooksMayBePrivate: boolean
  /** null where no mail server was set up (SCRIP_SMTP_URL): then mails wait, visibly. */
  readonly mailer: Mailer | null
  realTime(): Instant
}
