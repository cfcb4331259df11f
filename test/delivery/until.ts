import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until something is so, but never longer than it has patience for. Says how long it waited. */
export async function until(isSo: () => boolean, patienceMs: number): Promise<number> {
  const startMs = Date.now()
  while (!isSo() && Date.now() - startMs < patienceMs) await sleep(10)
  return Date.now() - startMs
}
