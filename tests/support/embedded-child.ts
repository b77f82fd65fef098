import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { openDatabase } from '../../server/src/database/database.ts'

/** A second process that opens an embedded folder and writes rows into it, to be killed or refused. */
export interface EmbeddedChild {
  readonly process: ChildProcess
  /** The rows that were acknowledged to it so far. */
  readonly acknowledged: readonly number[]
  /** Until so many rows were acknowledged. */
  reached(count: number): Promise<void>
  /** Its exit code and what it said on its way out; null when it was killed. */
  readonly ended: Promise<{ code: number | null; errors: string }>
}

/** Writes rows `from`, `from` + 1, … into the table `written` until it is killed. */
export function spawnEmbeddedChild(folder: string, from: number): EmbeddedChild {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  const program = [import.meta.filename, folder, String(from)]
  const child = spawn(process.execPath, ['--import', tsx, '--conditions=source', ...program])
  const acknowledged: number[] = []
  const waiting = new Set<() => void>()
  let rest = ''
  let errors = ''
  child.stderr.on('data', (data) => {
    errors += data
  })
  child.stdout.on('data', (data) => {
    const lines = `${rest}${data}`.split('\n')
    rest = lines.pop() ?? ''
    acknowledged.push(...lines.map(Number))
    for (const look of waiting) look()
  })
  const ended = new Promise<{ code: number | null; errors: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, errors }))
  })
  const reached = (count: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (acknowledged.length < count) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      void ended.then(() =>
        reject(new Error(`The process ended after ${acknowledged.length} rows: ${errors}`)),
      )
      look()
    })
  return { process: child, acknowledged, reached, ended }
}

async function writeRows(folder: string, from: number): Promise<void> {
  const database = await openDatabase({ folder })
  await database.pool.query('create table if not exists written (number int8 primary key)')
  for (let number = from; ; number += 1) {
    await database.pool.query('insert into written values ($1)', [number])
    process.stdout.write(`${number}\n`)
  }
}

if (process.argv[1] === import.meta.filename) {
  const [, , folder, from] = process.argv
  await writeRows(folder!, Number(from)).catch((error: Error) => {
    process.stderr.write(`${error.name}: ${error.message}\n`)
    process.exit(1)
  })
}
