import { Type } from 'typebox'
import type { ProjectRow } from '../database/projects.sql.ts'
import { sayInstant } from '../ledger/replay.ts'
import { createProject } from '../operations/create-project.operation.ts'
import { listProjects } from '../operations/list-projects.operation.ts'
import { readProject } from '../operations/read-project.operation.ts'
import { answer, route } from './route.ts'
import { fields, InstantOut, line, nullable, oneOf, optional } from './schema.ts'

const Mode = oneOf(['live', 'test'] as const)
const tag = 'Project'

export const readProjectRoute = route({
  id: 'read-project',
  method: 'GET',
  path: '/project',
  tag,
  summary: 'Who am I: the project, and what this key may do',
  answers: {
    200: fields({
      id: Type.Integer(),
      name: Type.String(),
      mode: Type.String(),
      product: nullable(Type.String()),
      currency: nullable(Type.String()),
      currencies: Type.Array(Type.String()),
      credit: nullable(
        fields({
          one: Type.String(),
          many: Type.String(),
          decimals: Type.Integer(),
          worth: nullable(Type.String()),
        }),
      ),
      catalogVersion: Type.Integer(),
      now: InstantOut,
      key: nullable(
        fields({
          id: Type.String(),
          prefix: Type.String(),
          scopes: Type.Array(Type.String()),
          accountId: nullable(Type.String()),
          permissions: Type.Array(Type.String()),
        }),
      ),
    }),
  },
  run: async (ask) => {
    const { project, catalog, key, now } = readProject(ask)
    return answer(200, {
      id: project.id,
      name: project.name,
      mode: project.mode,
      product: catalog?.product ?? null,
      currency: catalog?.currencies[0] ?? null,
      currencies: catalog?.currencies ?? [],
      credit: catalog?.credit ?? null,
      catalogVersion: project.catalogVersion,
      now: sayInstant(now),
      key:
        key === null
          ? null
          : {
              id: key.id,
              prefix: key.prefix,
              scopes: key.scopes,
              accountId: key.accountId,
              permissions: key.permissions,
            },
    })
  },
})

const ProjectOut = fields({
  id: Type.Integer(),
  name: Type.String(),
  mode: Type.String(),
  keyPrefix: Type.String(),
  catalogVersion: Type.Integer(),
  createdAt: InstantOut,
})

function sayProject({ id, name, mode, keyPrefix, catalogVersion, createdAt }: ProjectRow) {
  return { id, name, mode, keyPrefix, catalogVersion, createdAt: sayInstant(createdAt) }
}

export const createProjectRoute = route({
  id: 'create-project',
  method: 'POST',
  path: '/projects',
  tag,
  summary: 'Make a project with its first catalog and key; through the control socket only',
  body: fields({
    name: optional(line(100)),
    mode: Mode,
    catalog: Type.String({ minLength: 1, maxLength: 1_000_000 }),
  }),
  bodyLimit: 2_000_000,
  answers: { 201: fields({ project: ProjectOut, apiKey: Type.String() }) },
  run: async ({ house, dryRun }, { body: { name = null, mode, catalog } }) => {
    const made = await createProject(house, { name, mode, catalog }, { dryRun })
    return answer(201, { project: sayProject(made.project), apiKey: made.apiKey })
  },
})

export const listProjectsRoute = route({
  id: 'list-projects',
  method: 'GET',
  path: '/projects',
  tag,
  summary: 'All projects of the installation; through the control socket only',
  answers: { 200: fields({ data: Type.Array(ProjectOut) }) },
  run: async ({ house }) => answer(200, { data: (await listProjects(house)).map(sayProject) }),
})
