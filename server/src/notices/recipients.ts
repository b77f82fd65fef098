/** Who is written to about something of an account. */
import type { MemberRow } from '../database/members.sql.ts'
import { type AccountNotifications, settingOf, type Topic, type UserNotifications } from './topics.ts'

export interface Audience {
  readonly topic: Topic
  readonly setting: AccountNotifications
  readonly users: Readonly<Record<string, UserNotifications>>
  readonly members: readonly MemberRow[]
  /** Addresses that refused the topic, in lower case. */
  readonly refused: ReadonlySet<string>
  /** The account's own address: written to where no member is. */
  readonly accountEmail: string | null
  /** Where its invoices go. */
  readonly billingEmail: string | null
}

/** Each address once, however it is written. None where the account wants no mail of the topic. */
export function recipientsOf(audience: Audience): string[] {
  const { topic, setting, users, members, refused, accountEmail, billingEmail } = audience
  const { mail, roles } = settingOf(setting, topic)
  if (!mail) return []
  const wanting = members.filter(
    ({ userId, role, email }) =>
      email !== null && roles.includes(role) && users[userId]?.[topic]?.mail !== false,
  )
  const known: (string | null)[] = wanting.map(({ email }) => email)
  if (topic === 'receipts' || topic === 'payments') known.unshift(billingEmail)
  else known.push(...setting.addresses)
  const isAnybody = members.some(({ email, role }) => email !== null && roles.includes(role))
  // Where members were there and wanted none, the account's own address is no way around them.
  if (!isAnybody && !known.some((address) => address !== null)) known.push(accountEmail)
  const addresses = new Map<string, string>()
  for (const address of known) {
    const folded = address?.toLowerCase()
    if (address === null || folded === undefined) continue
    if (!refused.has(folded) && !addresses.has(folded)) addresses.set(folded, address)
  }
  return [...addresses.values()]
}
