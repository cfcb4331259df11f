/**
 * A thread that answers reads, one after the other, on a connection of its own: neither the writer nor whoever takes
 * requests waits for it.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { asStoreError, openForReading } from './connection.ts'
import type { FromReadThread, ReadThreadOptions, ToReadThread } from './read-messages.ts'
import { readContext } from './reads/context.ts'
import { answerRead } from './reads/reads.ts'

const { file } = workerData as ReadThreadOptions
const db = openForReading(file)
const context = readContext(db)
/** One transaction for each: all that it sees is of one moment. */
const inSnapshot = db.transaction((work: () => unknown) => work())

parentPort?.on('message', (message: ToReadThread) => {
  if (message.kind === 'close') {
    db.close()
    parentPort?.close()
    return
  }
  parentPort?.postMessage(answer(message))
})

function answer(message: Exclude<ToReadThread, { kind: 'close' }>): FromReadThread {
  try {
    return { id: message.id, answer: inSnapshot(() => perform(message)) }
  } catch (error) {
    const { code, message: text } = asStoreError(error, file)
    return { id: message.id, error: { code, message: text } }
  }
}

function perform(message: Exclude<ToReadThread, { kind: 'close' }>): unknown {
  if (message.kind === 'read') return answerRead(context, message.name, message.query)
  const { day, parts } = message.plan
  return context.summaries.make(day, parts, context.names.entityTypes)
}
