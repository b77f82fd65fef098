/** `scrip project create | list`: products, each with one catalog and keys of its own. */
import { type Command, Option } from 'commander'
import { type ListedProject, listProjects, printJson, withReached } from './asking.ts'
import { validTextOf } from './catalog.command.ts'
import { withDataOption, withJsonOption } from './options.ts'
import { table } from './table.ts'
import type { Terminal } from './terminal.ts'

const EXAMPLES = `
Examples:
  $ scrip project create --catalog catalog.yaml --mode test
  $ scrip project create --catalog catalog.yaml --mode live --name "Acme" --json
  $ scrip project list`

interface CreateOptions {
  readonly catalog: string
  readonly mode: 'live' | 'test'
  readonly name?: string
  readonly data?: string
  readonly json?: boolean
}

interface MadeProject {
  readonly project: ListedProject
  readonly apiKey: string
}

export function addProjectCommand(program: Command, terminal: Terminal): void {
  const project = program
    .command('project')
    .description('make and list projects')
    .addHelpText('after', EXAMPLES)
    .helpCommand(false)
  withDataOption(withJsonOption(project.command('create')))
    .description('make a project from a catalog, with its first key')
    .requiredOption('-c, --catalog <file>', 'the catalog')
    .addOption(modeOption().makeOptionMandatory())
    .option('-n, --name <name>', "the project's name (the catalog's product)")
    .action((options: CreateOptions) => create(terminal, options))
  withDataOption(withJsonOption(project.command('list')))
    .description('list the projects')
    .action((options: { json?: boolean; data?: string }) => list(terminal, options))
}

function modeOption(): Option {
  const about = 'live: real credits and real time; test: a clock that you move'
  return new Option('-m, --mode <mode>', about).choices(['test', 'live'])
}

async function create(terminal: Terminal, options: CreateOptions): Promise<void> {
  const catalog = await validTextOf(terminal, options.catalog)
  await withReached(terminal, { ...options, creates: true }, async (client) => {
    const { mode, name } = options
    const body = { mode, catalog, ...(name === undefined ? {} : { name }) }
    const made = await client.get<MadeProject>({ method: 'POST', path: '/projects', body })
    if (options.json === true) return printJson(terminal, made)
    terminal.print(`Project ${made.project.id}: ${made.project.name} (${made.project.mode})`)
    terminal.print(`Its key, shown this once: ${made.apiKey}`)
  })
}

async function list(terminal: Terminal, options: { json?: boolean; data?: string }): Promise<void> {
  await withReached(terminal, options, async (client) => {
    const data = await listProjects(client)
    if (options.json === true) return printJson(terminal, { data })
    if (data.length === 0) return terminal.say('No project yet: `scrip project create` makes one.')
    const columns = [
      { title: 'Id', text: (project: ListedProject) => String(project.id), right: true },
      { title: 'Name', text: (project: ListedProject) => project.name },
      { title: 'Mode', text: (project: ListedProject) => project.mode },
      { title: 'Catalog', text: (project: ListedProject) => `version ${project.catalogVersion}` },
    ]
    terminal.print(table(columns, data, terminal.columns))
  })
}
