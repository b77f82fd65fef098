/** `scrip catalog check | diff | apply`: a product's file, before and when it takes effect. */
import { readFileSync, statSync } from 'node:fs'
import { rateCard } from '@scrip/core'
import type { Command } from 'commander'
import { CATALOG_BYTES_MAX, type PlacedError, readCatalog, sayPlacedError } from '../catalog/read-catalog.ts'
import { printJson, withClient } from './asking.ts'
import type { Client } from './client.ts'
import { type AskingOptions, withAskingOptions, withJsonOption } from './options.ts'
import { EXIT, misused, Stop } from './stop.ts'
import type { Terminal } from './terminal.ts'
import { countText } from './words.ts'

const EXAMPLES = `
Examples:
  $ scrip catalog check catalog.yaml            faults with line and column, else the rate card
  $ scrip catalog diff catalog.yaml             what applying it would change, and for how many
  $ scrip catalog apply catalog.yaml --yes`

export function addCatalogCommand(program: Command, terminal: Terminal): void {
  const catalog = program
    .command('catalog')
    .description("check a product's file, see what it changes, apply it")
    .addHelpText('after', EXAMPLES)
    .helpCommand(false)
  withJsonOption(catalog.command('check'))
    .description('say what is wrong with a file, and where; else its rate card in words')
    .argument('<file>', 'a catalog (- reads the input)')
    .action((file: string, options: { json?: boolean }) => check(terminal, file, options.json === true))
  withAskingOptions(catalog.command('diff'))
    .description('say what applying the file would change')
    .argument('<file>', 'a catalog (- reads the input)')
    .action((file: string, options: AskingOptions) => diff(terminal, file, options))
  withAskingOptions(catalog.command('apply'))
    .description('apply the file to the project')
    .argument('<file>', 'a catalog (- reads the input)')
    .option('-y, --yes', 'do not ask first')
    .action((file: string, options: AskingOptions & { yes?: boolean }) => apply(terminal, file, options))
}

async function check(terminal: Terminal, file: string, json: boolean): Promise<void> {
  const read = readCatalog(await textOf(terminal, file), file)
  if ('errors' in read) {
    if (json) printJson(terminal, { valid: false, errors: read.errors })
    else terminal.print(sayErrors(read.errors, ''))
    throw new Stop(EXIT.refused, '')
  }
  if (json) printJson(terminal, { valid: true, rateCard: rateCard(read.catalog), catalog: read.document })
  else terminal.print(rateCard(read.catalog).trimEnd())
}

/** In the order of the file, whatever found them first. */
export function sayErrors(errors: readonly PlacedError[], so: string): string {
  const sorted = [...errors].sort((left, right) => left.line - right.line || left.column - right.column)
  return [...sorted.map(sayPlacedError), '', `${countText(errors.length, 'fault')}${so}.`].join('\n')
}

/** The text of a catalog's file, or why there is none. */
export async function textOf(terminal: Terminal, file: string): Promise<string> {
  if (file === '-') return terminal.readInput()
  try {
    const { size } = statSync(file)
    if (size > CATALOG_BYTES_MAX) {
      throw misused(`${file} has ${size} bytes; a catalog has at most ${CATALOG_BYTES_MAX}.`)
    }
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    const why = FILE_FAULTS[code]
    throw why === undefined ? error : misused(`${file}: ${why}.`)
  }
}

const FILE_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'this is a folder, not a file',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  ENAMETOOLONG: 'the name is too long',
}

/** The text, once it is known to be a valid catalog: faults are shown with this file's lines, before anything is asked. */
export async function validTextOf(terminal: Terminal, file: string): Promise<string> {
  const text = await textOf(terminal, file)
  const read = readCatalog(text, file)
  if ('catalog' in read) return text
  throw new Stop(EXIT.refused, sayErrors(read.errors, '; nothing was applied'), [], {
    code: 'catalog_invalid',
    errors: read.errors,
  })
}

async function diff(terminal: Terminal, file: string, options: AskingOptions): Promise<void> {
  const yaml = await validTextOf(terminal, file)
  await withClient(terminal, options, async (client) => {
    const changes = await changesOf(client, yaml)
    if (options.json === true) printJson(terminal, changes)
    else terminal.print(sayChanges(changes))
  })
}

async function apply(
  terminal: Terminal,
  file: string,
  options: AskingOptions & { yes?: boolean },
): Promise<void> {
  const yaml = await validTextOf(terminal, file)
  await withClient(terminal, options, async (client) => {
    const planned = await changesOf(client, yaml)
    if (options.yes !== true && planned.changes.length > 0) {
      terminal.say(sayChanges(planned))
      if (!(await terminal.confirm('Apply it?'))) throw new Stop(EXIT.refused, 'Nothing was applied.')
    }
    const applied = await client.get<AppliedCatalog>({ method: 'PUT', path: '/catalog', yaml })
    if (options.json === true) printJson(terminal, applied)
    else if (applied.changed) terminal.print(`Version ${applied.version} is live.`)
    else terminal.print(`Version ${applied.version} is this very file; nothing was applied.`)
  })
}

export interface AppliedCatalog {
  readonly version: number
  /** False where the file is the version that is live. */
  readonly changed: boolean
  readonly changes: readonly { readonly path: string; readonly sentence: string }[]
}

function changesOf(client: Client, yaml: string): Promise<AppliedCatalog> {
  return client.get<AppliedCatalog>({ method: 'PUT', path: '/catalog', query: { dryRun: true }, yaml })
}

function sayChanges({ changed, changes }: AppliedCatalog): string {
  if (changes.length > 0) return changes.map((change) => `• ${change.sentence}`).join('\n')
  return changed ? 'The file differs, and says the same.' : 'No change.'
}
