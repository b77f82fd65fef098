import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A file of the repository; the path is from its root, with slashes. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

// What is built, fetched or kept while running, as in .gitignore.
const NOT_OURS = new Set(['.git', '.cache', 'coverage', 'data', 'dist', 'node_modules', 'results'])
const TEXTS = new Set([
  '.ts',
  '.tsx',
  '.js',
  '.cjs',
  '.mjs',
  '.sql',
  '.md',
  '.json',
  '.yaml',
  '.yml',
  '.css',
  '',
])

/** Every text file of the repository that somebody wrote. */
export function readRepository(folder = ''): SourceFile[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (NOT_OURS.has(entry.name)) return []
    if (entry.isDirectory()) return readRepository(path)
    return entry.isFile() && isText(entry.name)
      ? [{ path, text: readFileSync(join(ROOT, path), 'utf8') }]
      : []
  })
}

function isText(name: string): boolean {
  return TEXTS.has(extname(name)) && name !== 'package-lock.json'
}
