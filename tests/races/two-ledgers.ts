/**
 * Two ledgers on one PostgreSQL, each with its own connections, caches and catalogs, as two
 * `scrip serve` have them, but in one process: here every guard can be taken away, and every instant chosen.
 */
import type { ChargeCommand, Command, Entry, Instant } from '@scrip/core'
import { expect } from 'vitest'
import type { Database } from '../../server/src/database/database.ts'
import { type Ledger, openLedger } from '../../server/src/ledger/ledger.ts'
import type { Address, Outcome } from '../../server/src/ledger/outcome.ts'
import { type Violation, verify } from '../../server/src/ledger/verify.ts'
import type { Sabotage } from '../../server/src/ledger/world.ts'
import { catalogSource, makeProject, type SampleProject } from '../support/sample-project.ts'

export const NOW: Instant = Date.UTC(2026, 5, 1)

export interface TwoLedgers {
  readonly project: SampleProject
  /** Takes turns, so that neighbours in a list of commands go to different ledgers. */
  submit(address: Address, command: Command, now?: Instant): Promise<Outcome>
  readonly ledgers: readonly [Ledger, Ledger]
  close(): Promise<void>
}

export async function openTwoLedgers(
  database: Database,
  options: { readonly catalog?: string; readonly sabotage?: Sabotage } = {},
): Promise<TwoLedgers> {
  const project = await makeProject(database, options.catalog)
  const open = () =>
    openLedger({ database, catalogs: catalogSource(database), sabotage: options.sabotage ?? {} })
  const ledgers = [open(), open()] as const
  let turn = 0
  return {
    project,
    ledgers,
    submit: (address, command, now = NOW) => ledgers[turn++ % 2 === 0 ? 0 : 1].submit(address, command, now),
    async close() {
      await Promise.all(ledgers.map((ledger) => ledger.close()))
    },
  }
}

export function charge(accountId: string, images: number, more: Partial<ChargeCommand> = {}): ChargeCommand {
  return { type: 'charge', accountId, action: 'image', quantities: { images }, options: {}, ...more }
}

export function grant(accountId: string, credits: number): Command {
  return { type: 'grant', accountId, kind: 'free', credits }
}

export function entryOf(outcome: Outcome): Entry {
  if (!('entry' in outcome)) throw new Error(`expected a row, found ${JSON.stringify(outcome)}`)
  return outcome.entry
}

/** How many were done, and how many refused by each code. */
export function tally(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const outcome of outcomes) {
    const name =
      'refused' in outcome
        ? outcome.refused.code
        : 'entry' in outcome && outcome.replayed
          ? 'replayed'
          : 'done'
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

export async function violationsOf(database: Database, project: SampleProject): Promise<Violation[]> {
  const violations: Violation[] = []
  for await (const violation of verify(database, { project: project.id })) violations.push(violation)
  return violations
}

export async function expectNoViolation(database: Database, project: SampleProject): Promise<void> {
  expect(await violationsOf(database, project)).toEqual([])
}

/** `clients` at once, each doing its work until it answers false. */
export async function clients(count: number, work: (client: number) => Promise<boolean>): Promise<void> {
  const client = async (_: unknown, index: number) => {
    while (await work(index));
  }
  await Promise.all(Array.from({ length: count }, client))
}
