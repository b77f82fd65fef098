/** What the clients of these harnesses ask for, and what they are answered. */
import { PLAIN_CATALOG } from '../support/sample-project.ts'

export const ACCOUNTS: readonly string[] = ['ada', 'ben', 'cleo', 'dan', 'eve', 'finn']

/** So many to begin with that no harness runs out of them. */
export const CREDITS_AT_SIGN_UP = 10_000_000

export const CATALOG = `${PLAIN_CATALOG}newAccounts: { credits: ${CREDITS_AT_SIGN_UP} }
`

export interface ChargeBody {
  readonly accountId: string
  readonly action: 'image'
  readonly quantities: { readonly images: number }
}

/** The part of the answer that the books are compared with. */
export interface ChargeAnswer {
  readonly id: string
  readonly credits: number
  /** After this charge. */
  readonly balance: number
}
