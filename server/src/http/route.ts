/**
 * One route of the API as data: what it takes, what it answers, and what runs. Check, types,
 * documentation and serialisation are made from the same schemas.
 */
import type { Static, TObject, TSchema } from 'typebox'
import type { Ask } from '../operations/ask.ts'
import type { OperationId } from './access.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface Asked<P, Q, B> {
  readonly params: P
  readonly query: Q
  readonly body: B
  /** The request's `Accept`, for what answers CSV too. */
  readonly accept: string
  readonly ifNoneMatch: string | null
  /** Aborted when the server stops: what streams ends then. */
  readonly stopped: AbortSignal
}

export interface Answer {
  readonly status: number
  readonly body: unknown
  /** The first answer again, under a key that was used before. */
  readonly replayed?: boolean
  readonly headers?: Readonly<Record<string, string>>
}

export interface Route {
  readonly id: OperationId
  readonly method: Method
  /** Below /api/v1, with {names}. */
  readonly path: string
  readonly summary: string
  readonly description?: string
  readonly tag: string
  readonly params: TObject | null
  readonly query: TObject | null
  readonly body: TSchema | null
  /** `yaml`: the body is taken as text. */
  readonly takes: 'json' | 'yaml'
  readonly answers: Readonly<Record<number, TSchema>>
  /** In bytes; 1 MB unless said. */
  readonly bodyLimit: number
  /** Whether it changes something: then it takes Idempotency-Key and dryRun. */
  readonly writes: boolean
  readonly run: (ask: Ask, asked: Asked<never, never, never>) => Promise<Answer>
}

export const BODY_LIMIT = 1_000_000
export const BATCH_BODY_LIMIT = 10_000_000

interface RouteFacts<P extends TObject, Q extends TObject, B extends TSchema> {
  readonly id: OperationId
  readonly method: Method
  readonly path: string
  readonly summary: string
  readonly description?: string
  readonly tag: string
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  readonly takes?: 'json' | 'yaml'
  readonly answers: Readonly<Record<number, TSchema>>
  readonly bodyLimit?: number
  /** False for a POST that only computes. */
  readonly writes?: boolean
  readonly run: (ask: Ask, asked: Asked<Static<P>, Static<Q>, Static<B>>) => Promise<Answer>
}

/** Fills in what most routes have in common, and keeps the schemas' types for `run`. */
export function route<P extends TObject, Q extends TObject, B extends TSchema>(
  facts: RouteFacts<P, Q, B>,
): Route {
  return {
    ...facts,
    params: facts.params ?? null,
    query: facts.query ?? null,
    body: facts.body ?? null,
    takes: facts.takes ?? 'json',
    bodyLimit: facts.bodyLimit ?? BODY_LIMIT,
    writes: facts.writes ?? facts.method !== 'GET',
    run: facts.run as Route['run'],
  }
}

export function answer(status: number, body: unknown, headers?: Readonly<Record<string, string>>): Answer {
  return headers === undefined ? { status, body } : { status, body, headers }
}
