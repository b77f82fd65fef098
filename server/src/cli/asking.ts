/** A command that asks the API: reach it, choose the project, do it, let go. */
import { type Client, openClient } from './client.ts'
import type { AskingOptions } from './options.ts'
import { reach } from './reach.ts'
import { misused } from './stop.ts'
import type { Terminal } from './terminal.ts'

export interface ListedProject {
  readonly id: number
  readonly name: string
  readonly mode: 'live' | 'test'
  readonly catalogVersion: number
}

/** Runs `use` with the project's API, and closes what was opened for it, whatever happens. */
export async function withClient(
  terminal: Terminal,
  options: AskingOptions,
  use: (client: Client) => Promise<void>,
): Promise<void> {
  await withReached(terminal, options, async (client) => use(await inProject(client, options.project)))
}

/** The same without a project: for what is the installation's. `creates`: a folder without data becomes one. */
export async function withReached(
  terminal: Terminal,
  options: { readonly data?: string; readonly creates?: boolean },
  use: (client: Client) => Promise<void>,
): Promise<void> {
  const client = openClient(await reach(terminal, options))
  try {
    await use(client)
  } finally {
    await client.close()
  }
}

async function inProject(client: Client, named: string | undefined): Promise<Client> {
  if (!client.isOperator) {
    if (named === undefined) return client
    throw misused('--project is for the machine that holds the data: here SCRIP_KEY decides.')
  }
  const projects = await listProjects(client)
  return client.inProject(choose(projects, named).id)
}

export async function listProjects(client: Client): Promise<readonly ListedProject[]> {
  const { data } = await client.get<{ data: readonly ListedProject[] }>({ method: 'GET', path: '/projects' })
  return data
}

function choose(projects: readonly ListedProject[], named: string | undefined): ListedProject {
  if (projects.length === 0) {
    throw misused('There is no project yet: `scrip project create --catalog FILE --mode test` makes one.')
  }
  const matches = named === undefined ? projects : projects.filter((project) => isNamed(project, named))
  const [first, second] = matches
  if (first !== undefined && second === undefined) return first
  const list = projects.map((project) => `${project.id}  ${project.name} (${project.mode})`)
  if (first === undefined) throw misused(`There is no project ${named}. There are:`, ...list)
  const why = named === undefined ? 'There are several projects' : `Several projects are called ${named}`
  throw misused(`${why}: say which by --project.`, ...list)
}

/** By id, by name, or by name and mode (`Acme/live`) where a name stands twice. */
function isNamed(project: ListedProject, named: string): boolean {
  if (String(project.id) === named) return true
  const name = project.name.toLowerCase()
  return [name, `${name}/${project.mode}`].includes(named.toLowerCase())
}

export function printJson(terminal: Terminal, value: unknown): void {
  terminal.print(JSON.stringify(value, null, 2))
}
