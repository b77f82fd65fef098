/**
 * Where a command goes: to the server that SCRIP_URL names, else to the one that holds the data
 * folder, else to the data themselves, opened in this process for as long as the command runs.
 */
import { connect } from 'node:net'
import { resolve } from 'node:path'
import { hasData, socketOfHolder } from '../data-folder.ts'
import type { ClientFacts } from './client.ts'
import { openInProcess } from './in-process.ts'
import { failed, misused } from './stop.ts'
import type { Terminal } from './terminal.ts'

export interface ReachOptions {
  readonly data?: string
  /** Whether a folder without data is a new one, rather than the wrong one. */
  readonly creates?: boolean
}

export async function reach(terminal: Terminal, options: ReachOptions): Promise<ClientFacts> {
  const { SCRIP_URL: url, SCRIP_KEY: key } = terminal.env
  if (isSet(url)) return byUrl(url, key)
  const { DATABASE_URL: databaseUrl } = terminal.env
  if (isSet(databaseUrl) && options.data === undefined) {
    return withKey(
      await openInProcess({ url: databaseUrl }, 'the database of DATABASE_URL', terminal.env),
      key,
    )
  }
  const folder = dataFolderOf(terminal, options.data)
  const held = await heldSocket(folder)
  if (held !== null) return withKey(bySocket(held, folder), key)
  if (options.creates !== true && !hasData(folder)) {
    throw failed(
      `There are no data of Scrip in ${folder}.`,
      'Say where they are by SCRIP_DATA or --data, or make the first project:',
      '`scrip project create --catalog FILE --mode test`.',
    )
  }
  return withKey(await openInProcess({ folder }, folder, terminal.env), key)
}

export function dataFolderOf(terminal: Terminal, given: string | undefined): string {
  const { SCRIP_DATA: set } = terminal.env
  return resolve(given ?? (isSet(set) ? set : './data'))
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}

/** On this machine a key narrows what its holder may do anyway, so it is taken only where it is set. */
function withKey(facts: ClientFacts, key: string | undefined): ClientFacts {
  return { ...facts, key: isSet(key) ? key : null }
}

function byUrl(text: string, key: string | undefined): ClientFacts {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw misused(`SCRIP_URL is ${text}: expected an address such as http://localhost:8080.`)
  }
  if (!isSet(key)) throw misused('SCRIP_URL is set and SCRIP_KEY is not: a server far away wants a key.')
  return {
    reached: url.origin,
    target: { url, socketPath: null },
    key,
    project: null,
    close: () => Promise.resolve(),
  }
}

function bySocket(socketPath: string, folder: string): ClientFacts {
  return {
    reached: `The server that has ${folder} open`,
    target: { url: null, socketPath },
    key: null,
    project: null,
    close: () => Promise.resolve(),
  }
}

/** The socket of a server that lives. A lock file left by one that was killed names a socket where nobody listens. */
async function heldSocket(folder: string): Promise<string | null> {
  const path = socketOfHolder(folder)
  return path !== null && (await isListening(path)) ? path : null
}

function isListening(path: string): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect(path)
    const end = (answers: boolean): void => {
      socket.destroy()
      settle(answers)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}
