import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The command `scrip` as it is released. */
    scripProgram: string
  }
}

/**
 * Builds, where anything is newer than what was built, and keeps a copy for this run: somebody may build
 * anew while servers are killed and started a hundred times.
 */
export default function build(project: TestProject): () => void {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  execFileSync(process.execPath, [join(root, 'scripts/build.js')], { stdio: 'inherit' })
  const built = join(root, 'server/dist')
  const copy = join(built, `of-run-${process.pid}`)
  const parts = readdirSync(built).filter((name) => !name.startsWith('of-run-'))
  for (const name of parts) cpSync(join(built, name), join(copy, name), { recursive: true })
  project.provide('scripProgram', join(copy, 'scrip.js'))
  return () => rmSync(copy, { recursive: true, force: true })
}
