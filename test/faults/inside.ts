import type { Options } from '../support/collector-process.ts'

/** Runs code inside the collector's process before its own; what it must bring about cannot be done from outside. */
export function inside(code: string): Options {
  return { env: { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(code)}` } }
}
