/** `scrip dev`: a server beside the editor. The catalog is applied at each save, requests are shown as they come. */
import { watch } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import { readCatalog } from '../catalog/read-catalog.ts'
import { type AppliedCatalog, sayErrors, textOf } from './catalog.command.ts'
import type { Client } from './client.ts'
import { devKeyOf } from './dev-key.ts'
import { operatorClient } from './in-process.ts'
import { dataFolderOf } from './reach.ts'
import { closing, listen, openServing, type ServingOptions, withServingOptions } from './serving.ts'
import { EXIT, Stop } from './stop.ts'
import type { Terminal } from './terminal.ts'

const EXAMPLES = `
Examples:
  $ scrip dev --catalog catalog.yaml
  $ scrip dev --catalog catalog.yaml --memory    nothing is kept`

interface DevOptions extends ServingOptions {
  readonly catalog: string
}

export function addDevCommand(program: Command, terminal: Terminal): void {
  withServingOptions(program.command('dev'))
    .description('serve a test project, and apply its catalog at each save')
    .requiredOption('-c, --catalog <file>', 'the catalog')
    .option('--memory', 'keep nothing')
    .addHelpText('after', EXAMPLES)
    .action((options: DevOptions) => dev(terminal, { log: 'lines', ...options }))
}

async function dev(terminal: Terminal, options: DevOptions): Promise<void> {
  const text = await textOf(terminal, options.catalog)
  const product = productOf(text, options.catalog)
  // What is tried out receives its webhooks on the same machine.
  const opened = await openServing(terminal, options, { webhooksMayBePrivate: true })
  await closing(opened, async () => {
    const operator = operatorClient(opened)
    const folder = options.memory === true ? null : dataFolderOf(terminal, options.data)
    const { id, apiKey } = await devKeyOf(operator, { folder, product, catalog: text })
    const project = operator.inProject(id)
    await apply(terminal, project, text)
    const url = await listen(terminal, opened, options)
    terminal.print(`Scrip is at ${url}, with the test project ${product}. Every route: ${url}/docs`)
    terminal.print(`Its key: ${apiKey}`)
    const watcher = watchFile(options.catalog, () => applyFile(terminal, project, options.catalog))
    terminal.say(`Watching ${options.catalog}. Ctrl-C stops it.`)
    await terminal.stopped()
    watcher.close()
  })
}

/** Once it is watched, a file with faults is no reason to end; to begin with it says what is served. */
function productOf(text: string, file: string): string {
  const read = readCatalog(text, file)
  if ('catalog' in read) return read.catalog.product
  throw new Stop(EXIT.refused, sayErrors(read.errors, '; mend them first, then the file is watched'))
}

async function applyFile(terminal: Terminal, project: Client, file: string): Promise<void> {
  try {
    const text = await textOf(terminal, file)
    const read = readCatalog(text, file)
    if ('errors' in read) terminal.say(sayErrors(read.errors, '; the version before stays live'))
    else await apply(terminal, project, text)
  } catch (error) {
    // An editor may be half through saving; whatever it is, the server goes on.
    terminal.say(error instanceof Error ? `✗ ${error.message}` : String(error))
  }
}

async function apply(terminal: Terminal, project: Client, yaml: string): Promise<void> {
  const applied = await project.get<AppliedCatalog>({ method: 'PUT', path: '/catalog', yaml })
  for (const change of applied.changes) terminal.say(`• ${change.sentence}`)
  if (applied.changes.length > 0) terminal.say(`✓ Version ${applied.version} is live.`)
}

/** Editors save by writing a new file in the old one's place, so the folder is watched, and a burst of events is one. */
function watchFile(file: string, changed: () => Promise<void>): { close(): void } {
  const path = resolve(file)
  let timer: NodeJS.Timeout | undefined
  let working = Promise.resolve()
  const watcher = watch(dirname(path), (_event, name) => {
    if (name !== null && name !== basename(path)) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      working = working.then(changed)
    }, SETTLING_MS)
  })
  return {
    close() {
      clearTimeout(timer)
      watcher.close()
    },
  }
}

const SETTLING_MS = 50
