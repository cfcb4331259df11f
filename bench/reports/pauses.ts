import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { LoadResult } from '../load.ts'
import { reply } from '../reply.ts'
import { type Asked, type RunningCollector, writeKey } from './ask.ts'

/** How long those wait who have nothing to do with a report, while it is asked for again and again. */
export interface Pauses {
  /** Of single events that are taken in. */
  ingest: LoadResult
  /** The slowest request for the counts of one entity. */
  otherReportMs: number
}

const restMs = 5

/** @param report asked for all the time; without one, it is quiet */
export async function measurePauses(
  collector: RunningCollector,
  other: Asked,
  report: Asked | undefined,
  durationMs: number,
): Promise<Pauses> {
  const script = fileURLToPath(new URL('probe.ts', import.meta.url))
  const probe = fork(script, [String(collector.port), writeKey, String(durationMs)])
  let isRunning = true
  async function repeat(work: () => Promise<void>): Promise<void> {
    while (isRunning) await work()
  }
  let otherReportMs = 0
  const asking = [
    repeat(async () => {
      otherReportMs = Math.max(otherReportMs, (await collector.ask(other)).ms)
      await new Promise((resolve) => setTimeout(resolve, restMs))
    }),
    ...(report ? [repeat(async () => void (await collector.ask(report)))] : []),
  ]
  try {
    const ingest = await reply<LoadResult>(probe)
    return { ingest, otherReportMs }
  } finally {
    isRunning = false
    await Promise.all(asking)
  }
}
