/**
 * Puts a file into a folder, below the one that the operator opened for it and nowhere else. Whoever looks
 * finds the whole file or none: it is written under another name, made durable, and then renamed. Done
 * again, it is the same file.
 */
import { constants } from 'node:fs'
import { mkdir, open, realpath, rename, rm } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import type { ExportRow } from '../database/exports.sql.ts'
import { syncFolder } from '../database/template.ts'
import { exportBytes, exportFileName } from './export-file.ts'
import type { Installation } from './installation.ts'

export async function putExport(house: Installation, row: ExportRow, folder: string): Promise<string> {
  const { exportFolder: root } = house
  if (root === null) throw new Error('no folder is open for exports: SCRIP_EXPORT_FOLDER is not set')
  const target = await folderBelow(root, folder)
  const path = join(target, exportFileName(row))
  const unfinished = join(target, `.${row.id}.part`)
  await rm(unfinished, { force: true })
  await write(unfinished, exportBytes(house, row))
  await rename(unfinished, path)
  await syncFolder(target)
  return path
}

/** A link may lead out of the opened folder, so it is the real path of each folder on the way that is looked at. */
async function folderBelow(root: string, folder: string): Promise<string> {
  const top = await realpath(root)
  let reached = top
  for (const name of folder.split('/')) {
    const next = join(reached, name)
    await mkdir(next).catch(ignoreExisting)
    reached = await realpath(next)
    refuseOutside(top, reached)
  }
  return reached
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}

function refuseOutside(root: string, path: string): void {
  const way = relative(root, path)
  if (isAbsolute(way) || way === '..' || way.startsWith(`..${sep}`))
    throw new Error(`${path} is outside of the folder for exports`)
}

async function write(path: string, bytes: AsyncIterable<Buffer>): Promise<void> {
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants
  const file = await open(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o640)
  try {
    for await (const piece of bytes) await file.writeFile(piece)
    await file.sync()
  } finally {
    await file.close()
  }
}
