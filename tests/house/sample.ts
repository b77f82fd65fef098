import { spawnSync } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ROOT } from './source-files.ts'

/** A small repository in a temporary folder, with this one's packages; `remove` deletes it. */
export interface Sample {
  readonly folder: string
  run(program: string, ...given: readonly string[]): { readonly code: number | null; readonly output: string }
  remove(): void
}

export function makeSample(files: Readonly<Record<string, string>>): Sample {
  const folder = mkdtempSync(join(tmpdir(), 'scrip-sample-'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return {
    folder,
    run(program, ...given) {
      // Both streams into one file: what was printed last is then last, as in a terminal.
      const path = join(folder, 'output.txt')
      const output = openSync(path, 'w')
      const { status } = spawnSync(program, given, {
        cwd: folder,
        stdio: ['ignore', output, output],
        env: {
          ...process.env,
          NO_COLOR: '1',
          PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`,
        },
      })
      closeSync(output)
      return { code: status, output: readFileSync(path, 'utf8') }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
