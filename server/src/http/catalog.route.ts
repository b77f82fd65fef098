import { rateCard } from '@scrip/core'
import { Type } from 'typebox'
import { sayInstant } from '../ledger/replay.ts'
import { applyCatalog } from '../operations/apply-catalog.operation.ts'
import type { Ask } from '../operations/ask.ts'
import { listCatalogVersions } from '../operations/list-catalog-versions.operation.ts'
import { readCatalogText } from '../operations/read-catalog.operation.ts'
import { remembered } from '../operations/remembered.ts'
import { pageOf, readPage } from './cursor.ts'
import { Malformed } from './problems.ts'
import { answer, route } from './route.ts'
import { fields, InstantOut, nullable, oneOf, optional, PageQuery, page } from './schema.ts'

const VERSION_FIELDS = { version: Type.Integer(), appliedAt: InstantOut, appliedBy: nullable(Type.String()) }
const tag = 'Catalog'

export const readCatalogRoute = route({
  id: 'read-catalog',
  method: 'GET',
  path: '/catalog',
  tag,
  summary: 'The catalog as it was applied: the newest version, or a given one',
  description: 'With `Accept: application/yaml` or `format=yaml` the file itself.',
  query: fields({
    version: optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000 })),
    format: optional(oneOf(['json', 'yaml'] as const)),
  }),
  answers: {
    200: fields({
      ...VERSION_FIELDS,
      text: Type.String({ description: 'The file.' }),
      rateCard: Type.String({ description: 'The same in words that a product owner can sign off.' }),
    }),
  },
  run: async (ask, { query, accept }) => {
    const { version, appliedAt, appliedBy, text } = readCatalogText(ask, query.version ?? null)
    const isYaml = query.format === undefined ? /\byaml\b/i.test(accept) : query.format === 'yaml'
    if (isYaml) return answer(200, Buffer.from(text), { 'content-type': 'application/yaml; charset=utf-8' })
    const words = rateCard(ask.project.catalogs.version(version))
    return answer(200, { version, appliedAt: sayInstant(appliedAt), appliedBy, text, rateCard: words })
  },
})

const CATALOG_BYTES = 1_000_000

export const applyCatalogRoute = route({
  id: 'apply-catalog',
  method: 'PUT',
  path: '/catalog',
  tag,
  summary: 'Make a new version of the catalog; with dryRun=true say what it changes, and for how many',
  takes: 'yaml',
  body: Type.String({ minLength: 1, maxLength: CATALOG_BYTES, description: 'The file, as YAML.' }),
  bodyLimit: CATALOG_BYTES,
  answers: {
    200: fields({
      version: Type.Integer(),
      appliedAt: InstantOut,
      changed: Type.Boolean({ description: 'False where this is the catalog that is live already.' }),
      changes: Type.Array(
        fields({
          path: Type.String(),
          subject: Type.String(),
          id: nullable(Type.String()),
          sentence: Type.String(),
          subscribers: nullable(Type.Integer()),
        }),
      ),
    }),
  },
  run: async (ask, { body }) => {
    if (body === undefined) {
      throw new Malformed([
        { path: '', code: 'required', expected: 'a catalog as application/yaml', found: null },
      ])
    }
    const wrote = await remembered(ask, 'apply-catalog', '', async (session) => {
      const { version, appliedAt, changed, changes } = await applyCatalog(ask, session, body, nameOf(ask))
      return { status: 200, body: { version, appliedAt: sayInstant(appliedAt), changed, changes } }
    })
    if (!ask.dryRun) await ask.house.projects.reload(ask.project.id)
    return wrote
  },
})

/** Who applied it: the key by its public part. */
function nameOf({ caller }: Ask): string {
  return caller.kind === 'operator' ? 'operator' : (caller.key.name ?? caller.key.prefix)
}

export const listCatalogVersionsRoute = route({
  id: 'list-catalog-versions',
  method: 'GET',
  path: '/catalog/versions',
  tag,
  summary: 'Every version ever applied',
  query: fields(PageQuery),
  answers: { 200: page(fields(VERSION_FIELDS)) },
  run: async (ask, { query }) => {
    const { limit, ascending, after } = readPage(ask, 'list-catalog-versions', query)
    const rows = await listCatalogVersions(ask, {
      after: (after?.[0] as number) ?? null,
      ascending,
      limit: limit + 1,
    })
    const { data, nextCursor } = pageOf(ask, 'list-catalog-versions', rows, limit, ({ version }) => [version])
    return answer(200, {
      data: data.map((row) => ({ ...row, appliedAt: sayInstant(row.appliedAt) })),
      nextCursor,
    })
  },
})
