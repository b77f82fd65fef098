/**
 * The world failed: the database is away, too busy, full. Nothing is known about what the statement did
 * unless the database answered, so whoever gets one settles by its idempotency key.
 */
export class DatabaseFault extends Error {
  override readonly name = 'DatabaseFault'
  /** Whether the same statement may succeed later without anybody mending anything. */
  readonly retryable: boolean
  /** The SQLSTATE or the system's error code, where there is one. */
  readonly code: string | undefined

  constructor(message: string, options: { retryable: boolean; code?: string | undefined; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.retryable = options.retryable
    this.code = options.code
  }
}

/** Scrip refuses to start. The message names the reason and the mend, in sentences for an operator. */
export class ConfigurationFault extends Error {
  override readonly name = 'ConfigurationFault'
}

/** Classes of SQLSTATE (its first two characters) that pass by themselves. */
const passingClasses = new Set(['08', '40', '53', '55', '57', '58'])

/** A write on a server that became a standby under us: soon the address leads to the new primary. */
const becameReadOnly = '25006'

/** Codes of the system, from the socket; a socket file that is not there is one too. */
const passingSystemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
])

/** node-postgres gives these without a code: the connection went away or none came free in time. */
const passingMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered)/

/**
 * The fault behind an error of node-postgres (and of nothing else: another socket's errors look alike); undefined for what is no fault of the world (a broken
 * constraint, a mistake in the SQL), which is a bug or a conflict that the caller knows how to read.
 */
export function databaseFault(error: unknown): DatabaseFault | undefined {
  if (error instanceof DatabaseFault) return error
  if (!(error instanceof Error)) return undefined
  const code = (error as { code?: unknown }).code
  const known = typeof code === 'string' ? code : undefined
  const isAway = known === 'ENOENT' && (error as NodeJS.ErrnoException).syscall === 'connect'
  if (!isAway && !isPassing(error.message, known)) return undefined
  return new DatabaseFault(`The database did not answer: ${error.message}`, {
    retryable: true,
    code: known,
    cause: error,
  })
}

function isPassing(message: string, code: string | undefined): boolean {
  if (code === undefined) return passingMessages.test(message)
  if (passingSystemCodes.has(code) || code === becameReadOnly) return true
  return code.length === 5 && passingClasses.has(code.slice(0, 2))
}
