import type { Fault } from './fault.ts'
import { inside } from './inside.ts'

/** Its writer thread is ended in the middle of whatever it does; the process tells so, and ends for its supervisor. */
export const writerDies: Fault = {
  name: 'loses its writer thread',
  prepare: () => ({
    // The writer is the first of its threads.
    options: inside("process.once('worker', (writer) => process.on('SIGUSR2', () => writer.terminate()))"),
  }),
  cause: ({ collector }) => collector.signal('SIGUSR2'),
  shows: { end: 70 },
}
