/**
 * How a command asks: always the HTTP API, whether the server is far away, is the one that holds the
 * data folder, or is opened in this very process. So each command is written once.
 */

import { refusalOf } from './refusal.ts'
import { type Answer, type Call, send, type Target } from './send.ts'
import { failed } from './stop.ts'

export interface Client {
  /** Whom it asks, in words. */
  readonly reached: string
  /** True at the machine's own socket without a key: then a project is named. */
  readonly isOperator: boolean
  /** What the API answers; a "no" is thrown as what the person reads. */
  get<T>(call: Call): Promise<T>
  /** The same for what is no JSON. */
  text(call: Call): Promise<Answer>
  /** For the operator: the same way in, for this project. */
  inProject(id: number): Client
  close(): Promise<void>
}

export interface ClientFacts {
  readonly reached: string
  readonly target: Target
  readonly key: string | null
  readonly project: number | null
  readonly close: () => Promise<void>
}

export function openClient(facts: ClientFacts): Client {
  const text = async (call: Call): Promise<Answer> => {
    const answer = await send(facts.target, call, headersOf(facts)).catch((error: unknown) => {
      throw unreachable(facts.reached, error)
    })
    if (answer.status >= 400) throw refusalOf(answer)
    if (answer.status >= 200 && answer.status < 300) return answer
    throw failed(`${facts.reached} does not answer as a Scrip server does (status ${answer.status}).`)
  }
  return {
    reached: facts.reached,
    isOperator: facts.key === null,
    text,
    async get<T>(call: Call): Promise<T> {
      const answer = await text(call)
      if (answer.body !== null || answer.text === '') return answer.body as T
      throw failed(`${facts.reached} does not answer in JSON, as a Scrip server does.`)
    },
    inProject: (id) => openClient({ ...facts, project: id }),
    close: facts.close,
  }
}

function headersOf({ key, project }: ClientFacts): Record<string, string> {
  if (key !== null) return { 'x-api-key': key }
  return project === null ? {} : { 'scrip-project': String(project) }
}

function unreachable(reached: string, error: unknown): Error {
  const code = (error as NodeJS.ErrnoException).code
  const why = WHY[code ?? ''] ?? (error instanceof Error ? error.message : String(error))
  return failed(`${reached} cannot be reached: ${why}.`)
}

const WHY: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up',
  ECONNRESET: 'it ended the connection',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to the host',
  EACCES: 'this user may not open it',
}
