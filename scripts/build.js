import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Bundles the server for release. Nothing is done when no source is newer than what was built. */

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'server/dist')
const migrations = join(root, 'server/src/database/migrations')

const entries = {
  scrip: 'server/src/cli/scrip.ts',
  index: 'server/src/index.ts',
  'embedded.worker': 'server/src/database/embedded.worker.ts',
}

const sources = ['core/src', 'server/src', 'catalogs', 'scripts/build.js', 'package-lock.json']

function newest(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  const names = readdirSync(path).filter((name) => !name.endsWith('.test.ts'))
  return Math.max(stat.mtimeMs, ...names.map((name) => newest(join(path, name))))
}

function isUpToDate(outputs) {
  if (!outputs.every((output) => existsSync(output))) return false
  const built = Math.min(...outputs.map((output) => statSync(output).mtimeMs))
  return built > Math.max(...sources.map((source) => newest(join(root, source))))
}

/**
 * The command and the module share their parts, and load those of the server only where they serve: a
 * question to a running server is answered at once. The worker is a program of its own.
 */
async function bundle(names) {
  const { build } = await import('esbuild')
  const bundleThese = (these) =>
    build({
      absWorkingDir: root,
      entryPoints: these.map((name) => ({ in: entries[name], out: name })),
      outdir: dist,
      bundle: true,
      splitting: true,
      chunkNames: 'part-[hash]',
      format: 'esm',
      platform: 'node',
      target: 'node20.19',
      conditions: ['source'],
      sourcemap: true,
      legalComments: 'none',
      logLevel: 'warning',
      plugins: [{ name: 'external-packages', setup: leavePackagesOut }],
    })
  removeParts()
  const isWorker = (name) => name === 'embedded.worker'
  const groups = [names.filter((name) => !isWorker(name)), names.filter(isWorker)]
  await Promise.all(groups.filter((group) => group.length > 0).map(bundleThese))
}

/** Those of the build before, whose names say what was in them. */
function removeParts() {
  if (!existsSync(dist)) return
  for (const file of readdirSync(dist)) if (file.startsWith('part-')) rmSync(join(dist, file))
}

/** Everything installed stays outside; our own core, which is not published by itself, comes in. */
function leavePackagesOut(build) {
  build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
    kind === 'entry-point' || path.startsWith('@scrip/') ? undefined : { path, external: true },
  )
}

function copyMigrations() {
  const target = join(dist, 'migrations')
  mkdirSync(target, { recursive: true })
  for (const file of readdirSync(migrations)) copyFileSync(join(migrations, file), join(target, file))
}

/** The demo's products, which an installed release has nowhere else. */
function copyCatalogs() {
  cpSync(join(root, 'catalogs'), join(dist, 'catalogs'), { recursive: true })
}

/** The typefaces of invoices, which stand beside the module that reads them. */
function copyFonts() {
  cpSync(join(root, 'server/src/invoices/fonts'), join(dist, 'fonts'), { recursive: true })
}

const present = Object.keys(entries).filter((name) => existsSync(join(root, entries[name])))
for (const name of Object.keys(entries)) {
  if (!present.includes(name)) console.log(`${entries[name]} does not exist: ${name}.js is left out`)
}
if (!isUpToDate(present.map((name) => join(dist, `${name}.js`)))) {
  await bundle(present)
  copyMigrations()
  copyCatalogs()
  copyFonts()
  if (present.includes('scrip')) chmodSync(join(dist, 'scrip.js'), 0o755)
  const { makeTemplateOnce } = await import('./make-template.js')
  await makeTemplateOnce()
}
