import type { Given, Takes } from './read-args.ts'

/** One command of `tallymark`. */
export interface Command extends Takes {
  /** One line for the overview. */
  summary: string
  usage: string
  /** Answers the exit code. */
  run(given: Given): Promise<number> | number
}
