/**
 * A thread that writes what the write-ahead log has gathered back into the file, beside the writer: a commit that has
 * to do it waits for two more syncs of the disk, and the requests behind it wait for the commit.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { FromCheckpointThread, ToCheckpointThread } from './checkpointer.ts'
import { asStoreError, openForCheckpoints } from './connection.ts'

const file = workerData as string
const db = openForCheckpoints(file)
/** What went wrong the last time: a full disk is told of once, and not again and again. */
let trouble: string | undefined

function checkpoint(): void {
  try {
    // Neither waits for anybody nor keeps anybody waiting; what it has to leave is the next one's.
    db.pragma('wal_checkpoint(PASSIVE)')
    trouble = undefined
  } catch (error) {
    const { code, message } = asStoreError(error, file)
    if (message !== trouble) parentPort?.postMessage({ code, message } satisfies FromCheckpointThread)
    trouble = message
  }
}

parentPort?.on('message', (message: ToCheckpointThread) => {
  if (message === 'checkpoint') return checkpoint()
  db.close()
  parentPort?.close()
})
