/** What customers are written about, and which of it they may refuse. */
import type { Role } from '../database/members.sql.ts'

export const TOPICS = ['low', 'exhausted', 'restored', 'receipts', 'payments', 'reports'] as const

export type Topic = (typeof TOPICS)[number]

export const MAIL_KINDS = {
  low: 'low',
  exhausted: 'exhausted',
  restored: 'restored',
  receipt: 'receipts',
  invoice: 'receipts',
  credit_note: 'receipts',
  payment_failed: 'payments',
  payment_stuck: 'payments',
  report: 'reports',
} as const satisfies Record<string, Topic>

export type MailKind = keyof typeof MAIL_KINDS

/** News of credits belongs together: who stops one of them stops all. Receipts and payments are not refused by a link. */
const REFUSED_TOGETHER: Readonly<Partial<Record<Topic, readonly Topic[]>>> = {
  low: ['low', 'exhausted', 'restored'],
  exhausted: ['low', 'exhausted', 'restored'],
  restored: ['low', 'exhausted', 'restored'],
  reports: ['reports'],
}

/** What a link in a mail of this topic stops; none where such a mail has no link. */
export function refusedWith(topic: Topic): readonly Topic[] {
  return REFUSED_TOGETHER[topic] ?? []
}

/** What is of interest only while it is new: rules.md, "Alerts and running out". */
export function isAlert(kind: MailKind): boolean {
  return kind === 'low' || kind === 'exhausted' || kind === 'restored'
}

export interface TopicSetting {
  readonly mail: boolean
  /** Whether a notice is made. Of receipts and reports there are none. */
  readonly notice: boolean
  /** Whose members are written to. */
  readonly roles: readonly Role[]
}

/** What an account says of itself; what it leaves out is as by default. */
export interface AccountNotifications {
  readonly topics: Readonly<Partial<Record<Topic, Partial<TopicSetting>>>>
  /** Written to beside the members, about credits and payments: somebody who is no member. */
  readonly addresses: readonly string[]
}

/** What a user says for itself: false = not this. */
export type UserNotifications = Readonly<
  Partial<Record<Topic, { readonly mail?: boolean; readonly notice?: boolean }>>
>

const DEFAULT: TopicSetting = { mail: true, notice: true, roles: ['admin', 'billing'] }

export const NO_NOTIFICATIONS: AccountNotifications = { topics: {}, addresses: [] }

export function settingOf({ topics }: AccountNotifications, topic: Topic): TopicSetting {
  return { ...DEFAULT, ...topics[topic] }
}
