import type { UsageKey } from './exports.sql.ts'
import {
  type EntryFilter,
  filtered,
  type PoolAddress,
  USAGE,
  USAGE_TYPES,
  type Usage,
} from './journal.sql.ts'
import type { Session } from './transaction.ts'

export interface UsageLine extends Usage {
  /** In the order of the keys that were asked for; '' = rows that name none. */
  readonly keys: readonly string[]
  /** The name that the subject had last, where subjects are told apart. */
  readonly subjectName: string | null
  /** The member's name, where users are told apart. */
  readonly userName: string | null
}

export interface UsagePage {
  readonly project: number
  /** Whose members the users are, where accounts are not told apart. */
  readonly accountId: string
  readonly by: readonly UsageKey[]
  /** The keys of the last line of the page before. */
  readonly after: readonly string[] | null
  readonly limit: number
}

const KEY_COLUMNS: Readonly<Record<UsageKey, string>> = {
  user: 'e.user_id',
  action: 'e.action',
  subject: 'e.subject_id',
  account: 'e.account_id',
}

/** One line for each combination of the keys, in their order, so that a later page goes on where one ended. */
export async function usageLines(
  session: Session,
  address: PoolAddress,
  filter: EntryFilter,
  page: UsagePage,
): Promise<UsageLine[]> {
  const where = filtered(address, { ...filter, types: USAGE_TYPES })
  const keys = page.by.map((key) => `coalesce(${KEY_COLUMNS[key]}, '') collate "C"`)
  const list = keys.join(', ')
  const after = page.after === null ? '' : `and (${list}) > (${page.after.map(where.parameter).join(', ')})`
  const subjectName = page.by.includes('subject')
    ? '(array_agg(e.subject_name order by e.at desc, e.number desc))[1]'
    : 'null::text'
  const limit = where.parameter(page.limit)
  const { rows } = await session.query<UsageLine>(
    `select told.*, ${userNameOf(page, where.parameter)} as "userName" from (
       select array[${list}] as keys, ${subjectName} as "subjectName", ${USAGE}
       from entry e where ${where.text()} ${after} group by ${list} order by ${list} limit ${limit}) told
     order by told.keys`,
    where.parameters,
  )
  return rows
}

function userNameOf({ by, project, accountId }: UsagePage, parameter: (value: unknown) => string): string {
  const user = by.indexOf('user')
  if (user < 0) return 'null::text'
  const account = by.indexOf('account')
  const whose = account < 0 ? parameter(accountId) : `told.keys[${account + 1}]`
  return `(select m.name from member m where m.project_id = ${parameter(project)} and m.account_id = ${whose}
    and m.user_id = told.keys[${user + 1}])`
}
