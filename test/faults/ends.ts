import type { Fault } from './fault.ts'

/** An end without a warning, at whatever moment. */
export const killed: Fault = {
  name: 'is killed (SIGKILL)',
  cause: ({ collector }) => collector.signal('SIGKILL'),
  shows: { end: 'SIGKILL' },
}

/** How supervisors ask for an orderly end. */
export const terminated: Fault = {
  name: 'is told to end (SIGTERM)',
  cause: ({ collector }) => collector.signal('SIGTERM'),
  shows: { end: 0 },
}

/** How a terminal does. */
export const interrupted: Fault = {
  name: 'is told to end (SIGINT)',
  cause: ({ collector }) => collector.signal('SIGINT'),
  shows: { end: 0 },
}
