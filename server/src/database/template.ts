import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { PGlite } from '@electric-sql/pglite'

/** The embedded database, to the last digit: what was tried for durability was this one. */
export const embeddedVersion = '0.5.14'

/** Its data directories are those of this PostgreSQL; a folder of another is refused. */
export const embeddedMajor = '18'

/**
 * A data directory fresh from initdb, packed. To make one takes seconds, so a release carries it; from
 * source it is made when it is missing.
 */
export function templatePath(moduleUrl: string): string {
  const dist = moduleUrl.endsWith('.ts') ? '../../dist/' : './'
  return fileURLToPath(new URL(`${dist}template-${embeddedVersion}.tar.gz`, moduleUrl))
}

/** Runs initdb in a temporary folder and packs what it left after a clean shutdown. */
export async function makeTemplate(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'scrip-template-'))
  try {
    const database = await PGlite.create({ dataDir: join(folder, 'database') })
    // Databases that nobody can vacuum would one day stop the one in use, when its transactions are counted round.
    await database.exec('update pg_database set datistemplate = false, datallowconn = true')
    for (const name of ['template0', 'template1']) await database.exec(`drop database ${name}`)
    await database.exec('vacuum (freeze)')
    await database.exec('checkpoint')
    await database.close()
    return gzipSync(pack(join(folder, 'database')), { level: 9 })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Makes the template's file where there is none; whoever reads it meanwhile finds it whole or not at all. */
export async function makeTemplateFile(): Promise<void> {
  const path = templatePath(import.meta.url)
  if (existsSync(path)) return
  mkdirSync(dirname(path), { recursive: true })
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, await makeTemplate())
  renameSync(draft, path)
}

/**
 * Unpacks into `folder`, so that after a crash at any instant it is either not there or whole: into a
 * neighbour first, everything on the disk, then renamed.
 */
export async function unpackTemplate(archive: Buffer, folder: string): Promise<void> {
  const draft = `${folder}.draft`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { recursive: true, mode: 0o700 })
  const folders = [draft]
  const writes: Promise<void>[] = []
  for (const entry of entriesOf(gunzipSync(archive))) {
    const path = join(draft, entry.name)
    if (entry.content === undefined) {
      await mkdir(path, { recursive: true, mode: 0o700 })
      folders.push(path)
    } else writes.push(writeDurably(path, entry.content))
  }
  await Promise.all(writes)
  await Promise.all(folders.map(syncFolder))
  await rename(draft, folder)
  await syncFolder(dirname(folder))
}

async function writeDurably(path: string, content: Buffer): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Puts the names in a folder on the disk: a file is durable when its folder is. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

interface Entry {
  readonly name: string
  /** Undefined for a folder. */
  readonly content: Buffer | undefined
}

const blockSize = 512

/** The part of the ustar format that a data directory needs: files and folders with short names. */
function pack(folder: string): Buffer {
  const blocks: Buffer[] = []
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(folder, name)
    const stat = statSync(path)
    if (stat.isDirectory()) blocks.push(header(name, 0, '5'))
    else {
      const content = readFileSync(path)
      blocks.push(header(name, content.length, '0'), content, Buffer.alloc(padding(content.length)))
    }
  }
  blocks.push(Buffer.alloc(2 * blockSize))
  return Buffer.concat(blocks)
}

function padding(length: number): number {
  return (blockSize - (length % blockSize)) % blockSize
}

function header(name: string, size: number, type: '0' | '5'): Buffer {
  if (Buffer.byteLength(name) > 99) throw new RangeError(`${name} is too long for the archive`)
  const block = Buffer.alloc(blockSize)
  block.write(name.replaceAll('\\', '/'), 0)
  block.write(type === '5' ? '0000700\0' : '0000600\0', 100)
  block.write('0000000\0'.repeat(2), 108)
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  block.write('00000000000\0', 136)
  block.write('        ', 148)
  block.write(type, 156)
  block.write('ustar\x0000', 257)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

function* entriesOf(archive: Buffer): Generator<Entry> {
  for (let at = 0; at < archive.length && archive[at] !== 0; ) {
    const name = archive.toString('utf8', at, archive.indexOf(0, at))
    const size = Number.parseInt(archive.toString('latin1', at + 124, at + 135), 8)
    const isFolder = archive[at + 156] === '5'.charCodeAt(0)
    at += blockSize
    yield { name, content: isFolder ? undefined : archive.subarray(at, at + size) }
    at += size + padding(size)
  }
}
