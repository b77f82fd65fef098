/** What an action is called in the catalog: rows and breakdowns name it by its key alone. */
import type { Project } from '../directory/projects.ts'

/** By the newest version of the catalog that has it, since what left the catalog was used under its old name; null where none has. */
export function actionName({ catalogs }: Project, action: string): string | null {
  for (let version = catalogs.latest; version > 0; version--) {
    const { actions } = catalogs.version(version)
    if (Object.hasOwn(actions, action)) return actions[action]!.name
  }
  return null
}

/** The same for a whole file: each action is looked up once. */
export function actionNames(project: Project): (action: string) => string | null {
  const known = new Map<string, string | null>()
  return (action) => {
    const name = known.has(action) ? (known.get(action) as string | null) : actionName(project, action)
    known.set(action, name)
    return name
  }
}
