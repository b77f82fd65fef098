/** The test project that `scrip dev` serves, and its key: made once, and kept beside the data for the next start. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { listProjects } from './asking.ts'
import type { Client } from './client.ts'

interface DevKey {
  readonly id: number
  readonly apiKey: string
}

export interface DevProject {
  /** null: nothing is kept. */
  readonly folder: string | null
  readonly product: string
  readonly catalog: string
}

export async function devKeyOf(operator: Client, { folder, product, catalog }: DevProject): Promise<DevKey> {
  const projects = await listProjects(operator)
  const found = projects.find((project) => project.name === product && project.mode === 'test')
  if (found === undefined) {
    const body = { name: product, mode: 'test', catalog }
    const made = await operator.get<{ project: { id: number }; apiKey: string }>({
      method: 'POST',
      path: '/projects',
      body,
    })
    return keep(folder, { id: made.project.id, apiKey: made.apiKey })
  }
  const kept = folder === null ? null : read(folder)[String(found.id)]
  if (kept !== undefined && kept !== null) return { id: found.id, apiKey: kept }
  const body = { name: 'scrip dev', scopes: ['admin'] }
  const { key } = await operator
    .inProject(found.id)
    .get<{ key: string }>({ method: 'POST', path: '/keys', body })
  return keep(folder, { id: found.id, apiKey: key })
}

function keep(folder: string | null, key: DevKey): DevKey {
  if (folder !== null) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const keys = { ...read(folder), [key.id]: key.apiKey }
    writeFileSync(join(folder, 'dev.json'), `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 })
  }
  return key
}

/** By project id; empty where there is no such file, or none that can be read. */
function read(folder: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(readFileSync(join(folder, 'dev.json'), 'utf8')) as Record<string, string>
  } catch {
    return {}
  }
}
