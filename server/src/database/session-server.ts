import { createServer, type Server, type Socket } from 'node:net'

/**
 * PGlite is one PostgreSQL session. This lets many connections take turns in it over a socket, in
 * PostgreSQL's own protocol. A turn is everything up to the message that asks for an answer (Query or
 * Sync): if the Parse of one connection and the Bind of another met in the session, one would run the
 * other's statement, since both use the statement without a name (PGlite's own socket server lets them
 * meet when a turn is too large for one read). Statements with a name are kept apart by a prefix for each
 * connection. A connection in a transaction keeps the session until the transaction ends.
 */
export interface Session {
  /** Runs whole messages and hands over what the session answers. */
  execute(messages: Uint8Array, answer: (bytes: Uint8Array) => void): Promise<void>
  inTransaction(): boolean
}

type Settings = ReadonlyMap<string, string>

const none: Settings = new Map()

interface Turn {
  readonly connection: SessionConnection | undefined
  readonly messages: Uint8Array
  readonly done: (answer: Buffer) => void
}

export class SessionServer {
  readonly #session: Session
  readonly #idleInTransactionMs: number
  readonly #server: Server
  readonly #connections = new Set<SessionConnection>()
  #turns: Turn[] = []
  #running = false
  /** The connection whose transaction is open. */
  #owner: SessionConnection | undefined
  #ownerTimer: NodeJS.Timeout | undefined
  #onIdle: (() => void) | undefined
  /** The settings of the connection that had the last turn. */
  #settings: Settings = none
  turnCount = 0

  constructor(session: Session, options: { idleInTransactionMs: number }) {
    this.#session = session
    this.#idleInTransactionMs = options.idleInTransactionMs
    this.#server = createServer((socket) => this.#accept(socket))
  }

  listen(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(path, resolve)
    })
  }

  /** Runs SQL of our own between the turns of the connections; answers the raw messages. */
  query(sql: string): Promise<Buffer> {
    return new Promise((resolve) =>
      this.#enqueue({ connection: undefined, messages: queryMessage(sql), done: resolve }),
    )
  }

  /** Takes no more connections, lets the turns that wait finish, and ends the connections. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    if (this.#running) await new Promise<void>((resolve) => (this.#onIdle = resolve))
    for (const connection of this.#connections) connection.end()
    await closed
  }

  #accept(socket: Socket): void {
    const connection: SessionConnection = new SessionConnection(socket, {
      onTurn: (messages) =>
        this.#enqueue({
          connection,
          messages,
          done: (answer) => void (socket.writable && socket.write(answer)),
        }),
      onGone: () => this.#forget(connection),
    })
    this.#connections.add(connection)
  }

  #enqueue(turn: Turn): void {
    this.#turns.push(turn)
    if (this.#running) return
    this.#running = true
    void this.#run()
  }

  /** One turn for each turn of the event loop, so that answers leave and more turns arrive meanwhile. */
  async #run(): Promise<void> {
    for (let turn = this.#next(); turn !== undefined; turn = this.#next()) {
      await this.#take(turn)
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.#running = false
    this.#onIdle?.()
  }

  /** First come, first served; while a transaction is open, its connection alone. */
  #next(): Turn | undefined {
    if (this.#owner === undefined) return this.#turns.shift()
    const index = this.#turns.findIndex((turn) => turn.connection === this.#owner)
    return index === -1 ? undefined : this.#turns.splice(index, 1)[0]
  }

  async #take(turn: Turn): Promise<void> {
    this.turnCount += 1
    await this.#applySettings(turn.connection?.settings ?? none)
    const chunks: Uint8Array[] = []
    // The session's bytes lie in memory that it uses again, so they are copied.
    await this.#session.execute(turn.messages, (bytes) => chunks.push(bytes.slice()))
    this.#keepOwner(turn.connection)
    turn.done(chunks.length === 1 ? Buffer.from(chunks[0]!.buffer) : Buffer.concat(chunks))
  }

  /** Never within a transaction, as that is one connection's alone. */
  async #applySettings(settings: Settings): Promise<void> {
    if (settings === this.#settings) return
    const resets = [...this.#settings.keys()].map((name) => `reset ${name};`)
    const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
    const sets = [...settings].map(
      ([name, value]) => `select set_config('${name}', ${quoted(value)}, false);`,
    )
    this.#settings = settings
    await this.#session.execute(queryMessage([...resets, ...sets].join(' ')), () => {})
  }

  #keepOwner(connection: SessionConnection | undefined): void {
    clearTimeout(this.#ownerTimer)
    this.#owner = this.#session.inTransaction() ? connection : undefined
    const owner = this.#owner
    if (owner === undefined) return
    // A connection that went away during its own turn left its transaction open.
    if (!this.#connections.has(owner)) this.#rollback(owner)
    else this.#ownerTimer = setTimeout(() => owner.end(), this.#idleInTransactionMs)
  }

  #forget(connection: SessionConnection): void {
    this.#connections.delete(connection)
    this.#turns = this.#turns.filter((turn) => turn.connection !== connection)
    if (this.#owner === connection) this.#rollback(connection)
    const messages = connection.closeStatements()
    if (messages !== undefined) this.#enqueue({ connection: undefined, messages, done: () => {} })
  }

  #rollback(owner: SessionConnection): void {
    this.#enqueue({ connection: owner, messages: queryMessage('ROLLBACK'), done: () => {} })
  }
}

const codeOf = (letter: string): number => letter.charCodeAt(0)
const query = codeOf('Q')
const sync = codeOf('S')
const flush = codeOf('H')
const functionCall = codeOf('F')
const terminate = codeOf('X')
const parse = codeOf('P')
const bind = codeOf('B')
const describe = codeOf('D')
const close = codeOf('C')
const statementKind = codeOf('S')

const startupCodes = { cancel: 80_877_102, tls: 80_877_103, gssapi: 80_877_104 }

interface ConnectionEvents {
  onTurn: (messages: Uint8Array) => void
  onGone: () => void
}

/** Cuts the bytes of one connection into turns. */
class SessionConnection {
  static #count = 0
  readonly #socket: Socket
  readonly #events: ConnectionEvents
  #received: Buffer = Buffer.alloc(0)
  #chunks: Buffer[] = []
  #chunksLength = 0
  /** How many bytes must be there before looking again is of use. */
  #needed = 0
  /** Up to here the messages in `received` are whole, and no answer is asked for yet. */
  #scanned = 0
  #started = false
  /** Those that it asked for at its start. */
  settings: Settings = none
  readonly #prefix = Buffer.from(`${++SessionConnection.#count}:`)
  readonly #statements = new Set<string>()
  /** The messages of this turn with their statements renamed; empty while none was. */
  #renamed: Buffer[] = []

  constructor(socket: Socket, events: ConnectionEvents) {
    this.#socket = socket
    this.#events = events
    socket.setNoDelay(true)
    socket.on('data', (data) => this.#receive(data))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => events.onGone())
  }

  end(): void {
    this.#socket.end()
    this.#socket.destroySoon()
  }

  #receive(data: Buffer): void {
    this.#chunks.push(data)
    this.#chunksLength += data.length
    if (this.#received.length + this.#chunksLength < this.#needed) return
    this.#received = Buffer.concat([this.#received, ...this.#chunks])
    this.#chunks = []
    this.#chunksLength = 0
    this.#needed = 0
    while (!this.#started && this.#start()) {}
    if (this.#started) this.#cut()
  }

  /** Before the first message come packets without a letter. Answers whether one was taken. */
  #start(): boolean {
    if (this.#received.length < 8) return false
    const length = this.#received.readInt32BE(0)
    const code = this.#received.readInt32BE(4)
    if (this.#received.length < length) return false
    const packet = this.#received.subarray(8, length)
    this.#received = this.#received.subarray(length)
    if (code === startupCodes.tls || code === startupCodes.gssapi) this.#socket.write('N')
    else if (code === startupCodes.cancel) this.end()
    else {
      this.#started = true
      this.settings = startSettings(packet)
      this.#socket.write(greeting)
    }
    return true
  }

  #cut(): void {
    while (this.#received.length - this.#scanned >= 5) {
      const letter = this.#received[this.#scanned]
      const end = this.#scanned + 1 + this.#received.readInt32BE(this.#scanned + 1)
      if (this.#received.length < end) {
        this.#needed = end
        return
      }
      if (letter === terminate) {
        this.end()
        return
      }
      this.#rename(letter!, this.#scanned, end)
      this.#scanned = end
      if (letter === query || letter === sync || letter === flush || letter === functionCall) this.#emit()
    }
  }

  /** Puts this connection's prefix before the name of a statement that has one. */
  #rename(letter: number, start: number, end: number): void {
    const at = nameStart(this.#received, letter, start)
    if (at === undefined || this.#received[at] === 0) {
      if (this.#renamed.length > 0) this.#renamed.push(this.#received.subarray(start, end))
      return
    }
    if (letter === parse)
      this.#statements.add(this.#received.toString('utf8', at, this.#received.indexOf(0, at)))
    if (this.#renamed.length === 0) this.#renamed.push(this.#received.subarray(0, start))
    const head = Buffer.from(this.#received.subarray(start, at))
    head.writeInt32BE(head.readInt32BE(1) + this.#prefix.length, 1)
    this.#renamed.push(head, this.#prefix, this.#received.subarray(at, end))
  }

  /** The messages that free what this connection prepared; undefined when that is nothing. */
  closeStatements(): Buffer | undefined {
    if (this.#statements.size === 0) return undefined
    const closes = [...this.#statements].map((name) => message('C', Buffer.from(`S${this.#prefix}${name}\0`)))
    return Buffer.concat([...closes, message('S', Buffer.alloc(0))])
  }

  #emit(): void {
    const messages =
      this.#renamed.length > 0
        ? Buffer.concat(this.#renamed)
        : endCopy(this.#received.subarray(0, this.#scanned))
    this.#received = this.#received.subarray(this.#scanned)
    this.#scanned = 0
    this.#renamed = []
    this.#events.onTurn(messages)
  }
}

/** From a start packet, names and values in turn, the `-c name=value` of its `options`. */
function startSettings(packet: Buffer): Settings {
  const parameters = packet.toString('utf8').split('\0')
  const options = parameters[parameters.indexOf('options') + 1]
  if (!parameters.includes('options') || options === undefined) return none
  const pairs = [...options.matchAll(/-c ([a-z_.]+)=((?:\\.|[^ \\])*)/g)]
  return new Map(pairs.map(([, name, value]) => [name!, value!.replaceAll(/\\(.)/g, '$1')]))
}

/** Where in the message the name of a statement begins; undefined when the message names none. */
function nameStart(bytes: Buffer, letter: number, start: number): number | undefined {
  if (letter === parse) return start + 5
  if (letter === bind) return bytes.indexOf(0, start + 5) + 1
  if ((letter === describe || letter === close) && bytes[start + 5] === statementKind) return start + 6
  return undefined
}

/**
 * COPY FROM STDIN would read on in the middle of a turn and end the session when nothing comes. It is
 * answered with an error instead: a CopyFail follows, which means nothing where no copy is under way.
 */
function endCopy(messages: Buffer): Buffer {
  const isShort = messages.length < 64 * 1024
  const mayCopy = isShort && messages[0] === query && /\bstdin\b/i.test(messages.toString('utf8'))
  return mayCopy
    ? Buffer.concat([messages, message('f', Buffer.from('this database takes no COPY\0'))])
    : messages
}

/** SQL of our own, as a client would send it. */
export function queryMessage(sql: string): Buffer {
  return message('Q', Buffer.from(`${sql}\0`))
}

function message(letter: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(letter, 0, 'latin1')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

/** What a server says to a client that it lets in: no password, its settings, ready. */
const greeting = Buffer.concat([
  message('R', Buffer.from([0, 0, 0, 0])),
  ...[
    ['server_version', '18'],
    ['server_encoding', 'UTF8'],
    ['client_encoding', 'UTF8'],
    ['DateStyle', 'ISO, MDY'],
    ['TimeZone', 'UTC'],
    ['integer_datetimes', 'on'],
    ['standard_conforming_strings', 'on'],
  ].map(([name, value]) => message('S', Buffer.from(`${name}\0${value}\0`))),
  message('K', Buffer.alloc(8)),
  message('Z', Buffer.from('I')),
])
