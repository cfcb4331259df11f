import { readAnswer } from './answer.ts'
import { createFlushLoop } from './flush-loop.ts'
import { createFlusher } from './flusher.ts'
import { lock } from './lock.ts'
import { createPause } from './pause.ts'
import { createQueueReader } from './queue-reader.ts'
import type { Sender, SenderSettings } from './sender.ts'
import { post } from './transport.ts'

/** Puts together what delivers a queue. */
export function openSender(given: SenderSettings, edges = { post, lock, random: Math.random }): Sender {
  const pause = createPause(given.storage, given.name, given.now, edges.random)
  const all = { ...given, ...edges, pause, reader: createQueueReader(given.queue) }
  const { flush: attempt, obey } = createFlusher(all)
  const flush = createFlushLoop(all, attempt)
  return {
    flush,
    obey: async (response, batch, token) => obey(await readAnswer(response), batch, token),
    online() {
      pause.hurry()
      void flush()
    },
  }
}
