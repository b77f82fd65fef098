/**
 * Opens the data in this process: for as long as one command runs, or to serve. Either way a terminal
 * reaches it through a control socket, so what a command asks goes the same way as over the network.
 */
import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { controlSocketPath } from '../data-folder.ts'
import type { Scrip, ScripOptions } from '../scrip.ts'
import { readSecretKeys } from '../secrets.ts'
import { type Client, type ClientFacts, openClient } from './client.ts'
import { misused } from './stop.ts'
import type { Terminal } from './terminal.ts'

export type Where = { readonly url: string } | { readonly folder: string } | { readonly memory: true }

export interface Opened {
  readonly scrip: Scrip
  /** Whoever is at this machine, without a key. */
  readonly operator: ClientFacts
  close(): Promise<void>
}

export async function openHere(
  where: Where,
  reached: string,
  options: Partial<ScripOptions>,
): Promise<Opened> {
  // Loaded here, so that a command that asks a running server starts at once.
  const { openScrip } = await import('../scrip.ts')
  const socketPath = controlSocketPath('folder' in where ? where.folder : null)
  const scrip = await openScrip({ ...where, ...options, controlSocket: socketPath }).catch(
    (error: unknown) => {
      forget(where, socketPath)
      throw error
    },
  )
  const close = async (): Promise<void> => {
    await scrip.close().finally(() => forget(where, socketPath))
  }
  return {
    scrip,
    operator: { reached, target: { url: null, socketPath }, key: null, project: null, close },
    close,
  }
}

/** A socket that has no folder of its own stands in a temporary one. */
function forget(where: Where, socketPath: string): void {
  const folder = dirname(socketPath)
  if ('folder' in where && folder === where.folder) return
  rmSync(folder, { recursive: true, force: true })
}

/** The keys that seal the secrets of gateways and webhooks, as the environment gives them. */
export function sealingOptions(env: Terminal['env']): Partial<ScripOptions> {
  const { SCRIP_SECRET_KEY: secretKey, SCRIP_SECRET_KEY_PREVIOUS: secretKeyPrevious } = env
  try {
    readSecretKeys(secretKey, secretKeyPrevious)
  } catch (error) {
    if (error instanceof RangeError) throw misused(error.message)
    throw error
  }
  return { secretKey, secretKeyPrevious }
}

export async function openInProcess(
  where: Where,
  reached: string,
  env: Terminal['env'],
): Promise<ClientFacts> {
  const { SCRIP_PUBLIC_URL: publicUrl } = env
  const options = { ...sealingOptions(env), publicUrl, log: false, jobs: false }
  const { operator } = await openHere(where, reached, options)
  return operator
}

export function operatorClient(opened: Opened): Client {
  return openClient(opened.operator)
}
