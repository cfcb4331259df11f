/**
 * The thread that writes a backup: copying a large file takes a while, and nobody should wait for it. It reads on a
 * connection of its own, so that neither the writer nor a report is held up.
 */
import { existsSync } from 'node:fs'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { StoreError } from '../store.ts'
import { asStoreError, openForReading } from './connection.ts'
import { copyInto } from './copy.ts'
import type { WireStoreError } from './messages.ts'

interface Order {
  backupOf: string
  to: string
}

type Answer = { bytes: number } | { error: WireStoreError }

/** Copies a database into a file that must not exist yet. Returns the copy's size in bytes. */
export function backUp(file: string, to: string): Promise<number> {
  const worker = new Worker(ownUrl(), { workerData: { backupOf: file, to } satisfies Order })
  // An orderly end does not wait for it: what it leaves has no backup's name.
  worker.unref()
  return new Promise((resolve, reject) => {
    worker.once('message', (answer: Answer) => {
      if ('bytes' in answer) resolve(answer.bytes)
      else reject(new StoreError(answer.error.code, answer.error.message))
    })
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new StoreError('internal', `the backup's thread ended with ${code}`)))
  })
}

const ownUrl = () => new URL(import.meta.url.endsWith('.ts') ? './backup.ts' : './backup.js', import.meta.url)

function write({ backupOf, to }: Order): Answer {
  try {
    if (existsSync(to)) throw new StoreError('unusable', `${to}: exists already: a backup makes a new file`)
    const db = openForReading(backupOf)
    try {
      return { bytes: copyInto(db, to) }
    } finally {
      db.close()
    }
  } catch (error) {
    const { code, message } = asStoreError(error, to)
    return { error: { code, message } }
  }
}

const isOrder = (data: unknown): data is Order => typeof data === 'object' && data !== null && 'backupOf' in data

if (!isMainThread && isOrder(workerData)) parentPort?.postMessage(write(workerData))
