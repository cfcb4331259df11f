import { chownSync, closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Database } from 'better-sqlite3'

/**
 * Writes a database as it is at this moment into a new file, while others go on writing to it. Under its name there is
 * never half a copy: it gets the name when it is whole and on the disk. Returns its size.
 */
export function copyInto(db: Database, to: string): number {
  const partial = `${to}.partial`
  rmSync(partial, { force: true })
  try {
    db.prepare('VACUUM INTO ?').run(partial)
    sync(partial)
    renameSync(partial, to)
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  }
  sync(dirname(to))
  return statSync(to).size
}

/** What root makes for a collector that runs as somebody else has to be theirs: they write to it. */
export function giveToOwnerOf(model: string, file: string): void {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = statSync(model)
  chownSync(file, uid, gid)
}

export function sync(path: string): void {
  const isFolder = statSync(path).isDirectory()
  // Windows cannot open a folder, and keeps its names by itself.
  if (isFolder && process.platform === 'win32') return
  const handle = openSync(path, isFolder ? 'r' : 'r+')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
