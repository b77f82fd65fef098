/**
 * Idempotency (api.md, "Writes"). A key belongs to its account and operation, a quote to whatever it is
 * spent on; both make a command happen once for ever, since they stand in its row.
 */
import type { Command, Entry } from '@scrip/core'
import { QUOTE } from '../database/ledger.sql.ts'
import type { Address } from './outcome.ts'

export interface Key {
  readonly key: string
  readonly accountId: string
  /** The command's type, or `quote`. */
  readonly operation: string
}

/** The keys under which a command may have been done before, the caller's own first. */
export function keysOf(command: Command): readonly Key[] {
  const keys: Key[] = []
  const { accountId, type } = command
  if (command.key) keys.push({ key: command.key, accountId, operation: type })
  const quoteId = quoteIdOf(command)
  if (quoteId !== null) keys.push({ key: quoteId, accountId, operation: QUOTE })
  return keys
}

export function quoteIdOf(command: Command): string | null {
  return 'quote' in command ? (command.quote?.quoteId ?? null) : null
}

/** One text for the key within its pool. */
export function keyText({ key, accountId, operation }: Key): string {
  // A quote is found whoever asks: it is for one account, and the rules refuse another.
  return operation === QUOTE ? `${QUOTE}\n${key}` : `${operation}\n${accountId}\n${key}`
}

/**
 * The rows of recent keys: a repetition within minutes is answered without the database. What is not
 * here may still have happened; the commit looks it up.
 */
export interface RecentKeys {
  get(address: Address, key: Key): Entry | undefined
  put(address: Address, key: Key, entry: Entry): void
}

/** A row with its draws and detail, roughly; texts of the caller's own are added to it. */
const ENTRY_BYTES = 700

/** In two generations, since a Map that loses its oldest entry again and again walks over all it has lost. */
export function openRecentKeys(bytesMax: number): RecentKeys {
  let young = new Map<string, Entry>()
  let old = new Map<string, Entry>()
  let youngBytes = 0
  const textOf = (address: Address, key: Key) => `${address.pool}\n${keyText(key)}`
  return {
    get(address, key) {
      const text = textOf(address, key)
      return young.get(text) ?? old.get(text)
    },
    put(address, key, entry) {
      const text = textOf(address, key)
      young.set(text, entry)
      youngBytes += ENTRY_BYTES + 2 * text.length + metadataBytes(entry)
      if (youngBytes <= bytesMax / 2) return
      old = young
      young = new Map()
      youngBytes = 0
    },
  }
}

function metadataBytes(entry: Entry): number {
  let bytes = 0
  for (const [name, value] of Object.entries(entry.detail?.metadata ?? {}))
    bytes += 2 * (name.length + value.length)
  return bytes
}
