import { pathToFileURL } from 'node:url'

/**
 * Makes the embedded database's template, a data directory fresh from initdb, packed: with it the first
 * start takes a second instead of four. It is made anew when PGlite's version changes, which its name has.
 */
export async function makeTemplateOnce() {
  const { register } = await import('tsx/esm/api')
  const unregister = register()
  const { makeTemplateFile } = await import('../server/src/database/template.ts')
  await makeTemplateFile()
  await unregister()
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await makeTemplateOnce()
