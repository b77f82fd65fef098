/** The world failed, not the rules and not the caller: every one is answered 503 and may be tried again. */
export class LedgerFault extends Error {
  override readonly name = 'LedgerFault'
  readonly retryable = true
  readonly code: LedgerFaultCode

  constructor(code: LedgerFaultCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

/**
 * `database_unavailable`: it was away for longer than a caller should wait; whether the command was
 * done is not known, its key tells. `clock_unsafe`: this process's clock is more than a minute off the
 * database's (rules.md). `overloaded`: more is waiting than can be done soon. `closing`: accepted
 * commands are being finished, this one was not accepted.
 */
export type LedgerFaultCode = 'database_unavailable' | 'clock_unsafe' | 'overloaded' | 'closing'
