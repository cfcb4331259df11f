/** Work that the collector does by itself, again and again. */
export interface Job {
  name: string
  firstAfterMs: number
  everyMs: number
  run(): Promise<unknown>
}

/** Starts jobs, none of them twice at a time. Returns what ends them. */
export function startJobs(jobs: readonly Job[], onError: (error: unknown) => void): () => void {
  const stops = jobs.map((job) => startJob(job, onError))
  return () => {
    for (const stop of stops) stop()
  }
}

function startJob({ firstAfterMs, everyMs, run }: Job, onError: (error: unknown) => void): () => void {
  let isOver = false
  let timer = setTimeout(turn, firstAfterMs).unref()

  async function turn(): Promise<void> {
    try {
      await run()
    } catch (error) {
      // A store that was closed meanwhile has every right to refuse.
      if (!isOver) onError(error)
    }
    if (!isOver) timer = setTimeout(turn, everyMs).unref()
  }

  return () => {
    isOver = true
    clearTimeout(timer)
  }
}
