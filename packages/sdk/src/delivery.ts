import { readAnswer } from './answer.ts'
import { createFlushSchedule } from './flush-schedule.ts'
import { createFlusher } from './flusher.ts'
import { lock } from './lock.ts'
import { createPause } from './pause.ts'
import { createQueueReader } from './queue-reader.ts'
import type { Sender, SenderSettings } from './sender.ts'
import { post } from './transport.ts'

/** Puts together what delivers a queue. */
export function openSender(given: SenderSettings, edges = { post, lock, random: Math.random }): Sender {
  const { settings } = given
  const pause = createPause(given.storage, settings.name, given.now, edges.random)
  const all = { ...given, ...settings, ...edges, pause, reader: createQueueReader(given.queue) }
  const { flush, obey } = createFlusher(all)
  const schedule = createFlushSchedule(all, flush)
  return {
    ...schedule,
    obey: async (response, batch, token) => obey(await readAnswer(response), batch, token),
    online() {
      pause.hurry()
      void schedule.flush()
    },
  }
}
