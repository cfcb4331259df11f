/**
 * A thread that answers reads, one after the other, on a connection of its own: neither the writer nor whoever takes
 * requests waits for it.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { asStoreError, openForReading } from './connection.ts'
import { makePast } from './facts/past.ts'
import type { FromReadThread, ReadMessage, ReadThreadOptions, StreamMessage, ToReadThread } from './read-messages.ts'
import { readContext } from './reads/context.ts'
import { answerRead } from './reads/reads.ts'
import { streamText } from './streams/streams.ts'

const { file, funnels } = workerData as ReadThreadOptions
const db = openForReading(file)
const context = readContext(db, funnels)
/** One transaction for each: all that it sees is of one moment. */
const inSnapshot = db.transaction((work: () => unknown) => work())
/** What is streamed is of one moment, too: a thread that streams does nothing else until it is at the end. */
let stream: Iterator<Uint8Array> | undefined

parentPort?.on('message', (message: ToReadThread) => {
  if (message.kind === 'close') {
    db.close()
    parentPort?.close()
    return
  }
  parentPort?.postMessage(answer(message))
})

function answer(message: ReadMessage | StreamMessage): FromReadThread {
  try {
    return { id: message.id, answer: perform(message) }
  } catch (error) {
    const { code, message: text } = asStoreError(error, file)
    return { id: message.id, error: { code, message: text } }
  }
}

function perform(message: ReadMessage | StreamMessage): unknown {
  switch (message.kind) {
    case 'read':
      return inSnapshot(() => answerRead(context, message.name, message.query))
    case 'summarise':
      return inSnapshot(() => context.summaries.make(message.plan.day, message.plan.parts, context.names.entityTypes))
    case 'past':
      return inSnapshot(() => makePast(context, message.days, context.names.lastViewer))
    case 'stream':
      db.exec('BEGIN')
      stream = streamText(context, message.name, message.query, message.format)
      return nextChunk(stream)
    case 'next':
      return stream ? nextChunk(stream) : null
  }
}

function nextChunk(of: Iterator<Uint8Array>): Uint8Array | null {
  const { value, done } = of.next()
  if (!done) return value
  db.exec('COMMIT')
  stream = undefined
  return null
}
