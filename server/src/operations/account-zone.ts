/** The time zone in which a date without time is midnight: the account's own calendar. */
import { type Ask, accountOf } from './ask.ts'

/** Asked only where one of the instants is a date; all others say their offset themselves. */
export async function accountZone(
  ask: Ask,
  accountId: string,
  instants: readonly (string | null | undefined)[],
): Promise<string> {
  const hasDate = instants.some((instant) => instant != null && !instant.includes('T'))
  return hasDate ? (await accountOf(ask, accountId)).timeZone : 'UTC'
}
