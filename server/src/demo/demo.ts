/**
 * The demo: five products, each with a year of plausible use, told by the real operations. What was
 * interrupted is finished at the next start; what is there is kept.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { assert, type Instant } from '@scrip/core'
import { inTransaction } from '../database/transaction.ts'
import type { Project } from '../directory/projects.ts'
import { applyCatalog } from '../operations/apply-catalog.operation.ts'
import { createKey, type KeyRequest } from '../operations/create-key.operation.ts'
import { createProject } from '../operations/create-project.operation.ts'
import type { Installation } from '../operations/installation.ts'
import { listProjects } from '../operations/list-projects.operation.ts'
import { type DemoFile, type DemoProduct, readDemoFile, writeDemoFile } from './demo-file.ts'
import { openDice } from './dice.ts'
import { tell9pic } from './stories/9pic.story.ts'
import { tellPicsart } from './stories/picsart.story.ts'
import { tellPinpoint } from './stories/pinpoint.story.ts'
import { tellPinsearch } from './stories/pinsearch.story.ts'
import { NEWCOMER, tellPowerPost } from './stories/powerpost.story.ts'
import { DAY, HOUR, MINUTE, type Span, type Story } from './story.ts'
import { askAt, momentCount, tell } from './tell.ts'

export interface DemoSize {
  /** How long the story is. */
  readonly months: number
  /** Customers of each product, beside those with a part of their own; null = as many as usual. */
  readonly customers: number | null
}

export interface DemoProgress {
  start(moments: number): void
  advance(moments: number): void
  end(): void
}

type Teller = (dice: ReturnType<typeof openDice>, span: Span, customers: number) => Story

const PRODUCTS: readonly { readonly product: string; readonly tell: Teller; readonly customers: number }[] = [
  { product: 'pinsearch', tell: tellPinsearch, customers: 40 },
  { product: 'picsart', tell: tellPicsart, customers: 40 },
  { product: 'powerpost', tell: tellPowerPost, customers: 40 },
  { product: 'pinpoint', tell: tellPinpoint, customers: 24 },
  { product: '9pic', tell: tell9pic, customers: 24 },
]

/** Ready at once where the demo is there; else tells what is missing of it. `folder` keeps its keys. */
export async function openDemo(
  house: Installation,
  folder: string,
  size: DemoSize,
  progress: DemoProgress,
): Promise<DemoFile> {
  const { location } = house.database
  const found = readDemoFile(folder)
  const before = found?.location === location ? found : null
  const listed = new Map((await listProjects(house)).map((project) => [project.id, project]))
  const known = (before?.products ?? []).filter(({ projectId, name }) => listed.get(projectId)?.name === name)
  if (before !== null && known.length === PRODUCTS.length && known.every(({ told }) => told)) return before
  const products: Prepared[] = []
  for (const { product } of PRODUCTS) products.push(await prepare(house, product, size, known))
  let file: DemoFile = {
    location,
    products: products.map(({ entry }) => entry),
    customerKey: before?.customerKey ?? null,
  }
  writeDemoFile(folder, file)
  await tellAll(house, size, products, progress)
  const powerpost = products.find(({ entry }) => entry.product === 'powerpost')
  assert(powerpost !== undefined, 'the demo has PowerPost')
  const customerKey = await customerKeys(house, powerpost.project)
  file = { location, products: file.products.map((entry) => ({ ...entry, told: true })), customerKey }
  writeDemoFile(folder, file)
  return file
}

interface Prepared {
  readonly entry: DemoProduct
  readonly project: Project
}

/** The product's project: the one that an interrupted start left, or a new one that begins with the story. */
async function prepare(
  house: Installation,
  product: string,
  size: DemoSize,
  known: readonly DemoProduct[],
): Promise<Prepared> {
  const catalog = readFileSync(join(catalogsFolder(), product, 'catalog.yaml'), 'utf8')
  const name = `${/^product: (.+)$/m.exec(catalog)?.[1] ?? product} demo`
  const entry = known.find((one) => one.product === product)
  if (entry !== undefined) return { entry, project: await projectOf(house, entry.projectId) }
  const left = (await listProjects(house)).find((one) => one.name === name && one.mode === 'test')
  if (left !== undefined) {
    // Killed between the project and the file with its key: the key is gone, and a new one is made.
    const project = await projectOf(house, left.id)
    const apiKey = await makeKey(house, project, { name: 'demo', scopes: ['admin'] })
    return { entry: { product, name, projectId: left.id, apiKey, told: false }, project }
  }
  const at = startOf(house.realTime(), size)
  const made = await createProject({ ...house, realTime: () => at }, { name, mode: 'test', catalog })
  const project = await projectOf(house, made.project.id)
  return { entry: { product, name, projectId: project.id, apiKey: made.apiKey, told: false }, project }
}

async function projectOf(house: Installation, id: number): Promise<Project> {
  const project = await house.projects.reload(id)
  assert(project !== null, 'a project that was listed is there')
  return project
}

/** Whole minutes, and two hours ago at the end, so that nothing of the story is still to come. */
function startOf(now: Instant, size: DemoSize): Instant {
  return Math.floor((now - 2 * HOUR - lengthOf(size)) / MINUTE) * MINUTE
}

function lengthOf({ months }: DemoSize): number {
  return Math.round((months * 365) / 12) * DAY
}

async function tellAll(
  house: Installation,
  size: DemoSize,
  products: readonly Prepared[],
  progress: DemoProgress,
): Promise<void> {
  const stories = products.map(({ entry, project }) => ({
    project,
    story: storyOf(entry.product, project, size),
  }))
  progress.start(stories.reduce((sum, { story }) => sum + momentCount(story), 0))
  await Promise.all(
    stories.map(async ({ project, story }) => {
      const current = await applyLater(house, project, story)
      await tell(house, current, story, (moments) => progress.advance(moments))
    }),
  )
  progress.end()
}

function storyOf(product: string, project: Project, size: DemoSize): Story {
  const found = PRODUCTS.find((one) => one.product === product)
  assert(found !== undefined, `there is a story of ${product}`)
  const span = { from: project.createdAt, to: project.createdAt + lengthOf(size) }
  return found.tell(openDice(product), span, size.customers ?? found.customers)
}

/** Versions of the catalog that come later in the story are there from its start, each live from its instant on. */
async function applyLater(house: Installation, project: Project, story: Story): Promise<Project> {
  let current = project
  for (const [index, { file, at }] of story.laterCatalogs.entries()) {
    // The first version came with the project.
    if (current.catalogVersion >= index + 2) continue
    const text = readFileSync(join(catalogsFolder(), story.product, file), 'utf8')
    const ask = askAt(house, current, at)
    await inTransaction(house.database.pool, (session) => applyCatalog(ask, session, text, null))
    current = await projectOf(house, project.id)
  }
  return current
}

/** The newcomer's own key, and an agency's key that makes drafts and publishes nothing. */
async function customerKeys(house: Installation, project: Project): Promise<string> {
  const drafts = ['content:generate', 'images:generate', 'videos:generate']
  const everything = ['account:read', ...drafts, 'posts:publish']
  const key = await makeKey(house, project, { name: 'My site', accountId: NEWCOMER, permissions: everything })
  await makeKey(house, project, {
    name: 'Draft only',
    accountId: NEWCOMER,
    permissions: ['account:read', ...drafts],
  })
  return key
}

async function makeKey(house: Installation, project: Project, given: Partial<KeyRequest>): Promise<string> {
  const request = {
    name: null,
    scopes: [],
    accountId: null,
    userId: null,
    permissions: [],
    expiresAt: null,
    ...given,
  }
  const ask = askAt(house, project, house.realTime())
  const { text } = await inTransaction(house.database.pool, (session) => createKey(ask, session, request))
  return text
}

/** Above this file, from source and in a release alike. */
function catalogsFolder(): string {
  for (let at = dirname(fileURLToPath(import.meta.url)); at !== dirname(at); at = dirname(at)) {
    const folder = join(at, 'catalogs')
    if (existsSync(join(folder, 'powerpost', 'catalog.yaml'))) return folder
  }
  throw new Error('the catalogs of the demo are not there')
}
