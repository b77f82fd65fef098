/** What a key is good for: its project, mode, catalog, and its own scopes. */
import type { Catalog, Instant } from '@scrip/core'
import type { KeyRecord } from '../database/keys.sql.ts'
import type { Project } from '../directory/projects.ts'
import { type Ask, projectTime } from './ask.ts'

export interface ProjectRead {
  readonly project: Project
  readonly catalog: Catalog | null
  readonly key: KeyRecord | null
  readonly now: Instant
}

export function readProject(ask: Ask): ProjectRead {
  const now = projectTime(ask)
  const { project, caller } = ask
  const catalog = project.catalogs.latest === 0 ? null : project.catalogs.at(now)
  return { project, catalog, key: caller.kind === 'operator' ? null : caller.key, now }
}
