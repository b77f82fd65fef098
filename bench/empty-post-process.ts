/** The empty POST as a process of its own, bundled as the program is, so that both run the same kind of code. */
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { freePort, type ServerProcess, startServer } from './server-process.ts'

const SOURCE = fileURLToPath(new URL('yardsticks/empty-post.ts', import.meta.url))
/** Below the root, so that the packages that stay outside the bundle are found. */
const BUNDLE = fileURLToPath(new URL('../.cache/bench/empty-post.js', import.meta.url))

export async function startEmptyPost(url: string): Promise<ServerProcess> {
  await build({
    entryPoints: [SOURCE],
    outfile: BUNDLE,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    conditions: ['source'],
    plugins: [{ name: 'external-packages', setup: leavePackagesOut }],
    logLevel: 'warning',
  })
  const port = await freePort()
  return startServer([BUNDLE, url, String(port)], {}, port)
}

/** What is installed stays outside; core, which is ours, comes in. */
const leavePackagesOut: Plugin['setup'] = ({ onResolve }) => {
  onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
    kind === 'entry-point' || path.startsWith('@scrip/') ? undefined : { path, external: true },
  )
}
