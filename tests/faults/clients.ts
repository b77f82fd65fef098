/**
 * Clients that keep a ledger of their own: what they asked for under which key, and what was
 * acknowledged. An answer that did not come, or was a 503, is settled by asking again with the same key.
 */
import { Agent } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Dice } from '../../server/src/demo/dice.ts'
import { ACCOUNTS, type ChargeAnswer, type ChargeBody } from './charges.ts'
import { type Answered, ask } from './post.ts'
import type { Program } from './server-process.ts'

export interface ClientsOptions {
  readonly program: Pick<Program, 'port' | 'apiKey'>
  readonly count: number
  readonly dice: Dice
  readonly timeoutMs?: number
  /** Asked before a retry; the server may be away for seconds. */
  readonly whenUp?: () => Promise<unknown>
  /** Before each of their keys. */
  readonly name?: string
  /** False: whoever gets no answer leaves. */
  readonly retries?: boolean
}

export interface ClientsBooks {
  readonly asked: ReadonlyMap<string, ChargeBody>
  readonly acknowledged: ReadonlyMap<string, ChargeAnswer>
  /** Requests sent, of which so many were never answered (the charge may have happened or not), and so many answered 503. */
  readonly tries: number
  readonly unanswered: number
  readonly refused: number
  /** What must not be: another status, or another answer to the same key. */
  readonly surprises: readonly string[]
}

export interface Clients {
  readonly books: ClientsBooks
  /** Until so many charges are acknowledged in all. */
  acknowledged(count: number): Promise<void>
  /** Until the books say so; looked at after each answer, and each answer that did not come. */
  until(isSo: (books: ClientsBooks) => boolean): Promise<void>
  /** Every charge that was begun is settled first. */
  stop(): Promise<ClientsBooks>
}

const RETRY_MS = 15
const AGAIN = 0.05

/** What the clients know, and who waits for a change of it. */
export class OwnLedger implements ClientsBooks {
  readonly asked = new Map<string, ChargeBody>()
  readonly acknowledged = new Map<string, ChargeAnswer>()
  readonly surprises: string[] = []
  tries = 0
  unanswered = 0
  refused = 0
  readonly #waiting = new Set<() => void>()

  /** `null`: no answer came. Says whether the charge is settled. */
  note(key: string, answered: Answered | null): boolean {
    if (answered === null) this.unanswered++
    else if (answered.status === 201) this.#acknowledge(key, answered.text)
    else if (answered.status === 503) this.refused++
    else this.surprises.push(`${key}: ${answered.status} ${answered.text.slice(0, 300)}`)
    for (const look of this.#waiting) look()
    return answered !== null && answered.status !== 503
  }

  until(isSo: () => boolean, broken: Promise<never>): Promise<void> {
    const met = new Promise<void>((resolve) => {
      const look = (): void => {
        if (!isSo()) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
    return Promise.race([met, broken])
  }

  #acknowledge(key: string, text: string): void {
    const { id, credits, balance } = JSON.parse(text) as ChargeAnswer
    const told = JSON.stringify({ id, credits, balance })
    const before = this.acknowledged.get(key)
    if (before !== undefined && JSON.stringify(before) !== told)
      this.surprises.push(`${key}: answered ${JSON.stringify(before)} first, later ${told}`)
    this.acknowledged.set(key, { id, credits, balance })
  }
}

export function startClients(options: ClientsOptions): Clients {
  const { dice } = options
  const agent = new Agent({ keepAlive: true, maxSockets: options.count })
  const books = new OwnLedger()
  let isStopping = false

  /** Whether there was an answer that says what happened. */
  const settle = async (key: string, body: ChargeBody): Promise<boolean> => {
    books.asked.set(key, body)
    for (;;) {
      books.tries++
      const answered = await send(options, agent, key, body).catch(() => null)
      if (books.note(key, answered)) return true
      if (options.retries === false) return false
      await delay(RETRY_MS)
      await options.whenUp?.()
    }
  }

  const work = async (client: number): Promise<void> => {
    const mine: string[] = []
    while (!isStopping) {
      const key = `${options.name ?? 'client'}-${client}-${mine.length}`
      const quantities = { images: dice.whole(1, 5) }
      if (!(await settle(key, { accountId: dice.pick(ACCOUNTS), action: 'image', quantities }))) return
      mine.push(key)
      const earlier = dice.pick(mine)
      // What was answered once is answered the same for ever.
      if (dice.chance(AGAIN) && books.acknowledged.has(earlier))
        await settle(earlier, books.asked.get(earlier)!)
    }
  }
  const working = Promise.all(Array.from({ length: options.count }, (_, client) => work(client)))
  const broken = new Promise<never>((_, reject) => working.catch(reject))
  broken.catch(() => {})

  return {
    books,
    until: (isSo) => books.until(() => isSo(books), broken),
    acknowledged: (count) => books.until(() => books.acknowledged.size >= count, broken),
    async stop() {
      isStopping = true
      await working
      agent.destroy()
      return books
    },
  }
}

function send(options: ClientsOptions, agent: Agent, key: string, body: ChargeBody): Promise<Answered> {
  const { port, apiKey } = options.program
  const own = apiKey === undefined ? {} : { 'x-api-key': apiKey }
  const timeout = options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }
  return ask(`http://127.0.0.1:${port}/api/v1/charges`, {
    agent,
    body,
    headers: { ...own, 'idempotency-key': key },
    ...timeout,
  })
}
