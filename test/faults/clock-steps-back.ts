import type { Fault } from './fault.ts'
import { inside } from './inside.ts'

const stepMs = 3_600_000

/** Somebody sets the machine's clock back by an hour, and later right again. */
export const clockStepsBack: Fault = {
  name: 'has its clock set back by an hour',
  prepare: () => ({
    options: inside(`
      const now = Date.now
      let offset = 0
      Date.now = () => now() + offset
      process.on('SIGUSR2', () => { offset = offset === 0 ? -${stepMs} : 0 })`),
  }),
  cause: ({ collector }) => collector.signal('SIGUSR2'),
  shows: 'nothing',
  heal: ({ collector }) => collector.signal('SIGUSR2'),
}
