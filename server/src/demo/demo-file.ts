/** The demo's own keys, kept in a file that its owner alone may read: a key of one's own is shown once and kept nowhere. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface DemoFile {
  /** Which database it is about: keys of one are no keys of another. */
  readonly location: string
  readonly products: readonly DemoProduct[]
  /** Of a customer of PowerPost; null until the story is told. */
  readonly customerKey: string | null
}

export interface DemoProduct {
  readonly product: string
  readonly name: string
  readonly projectId: number
  readonly apiKey: string
  /** Whether its year is there as a whole. */
  readonly told: boolean
}

export function demoFilePath(folder: string): string {
  return join(folder, 'demo.json')
}

/** null where there is none, or none that can be read: then keys are made anew. */
export function readDemoFile(folder: string): DemoFile | null {
  try {
    const file = JSON.parse(readFileSync(demoFilePath(folder), 'utf8')) as DemoFile
    return Array.isArray(file.products) ? file : null
  } catch {
    return null
  }
}

/** All at once, so that whoever is killed meanwhile leaves the old file or the new one. */
export function writeDemoFile(folder: string, file: DemoFile): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const draft = `${demoFilePath(folder)}.draft`
  writeFileSync(draft, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 })
  renameSync(draft, demoFilePath(folder))
}
