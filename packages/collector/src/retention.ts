import type { Store } from './store/store.ts'

const firstAfterMs = 60_000
const everyMs = 3_600_000

/** Lets go, again and again, of what is older than it may be. Returns what ends it. */
export function startRetention(
  store: Pick<Store, 'prune'>,
  keepDays: number | undefined,
  onError: (error: unknown) => void,
): () => void {
  let isOver = false
  let timer = setTimeout(prune, firstAfterMs).unref()

  async function prune(): Promise<void> {
    try {
      await store.prune(keepDays)
    } catch (error) {
      // A store that was closed meanwhile has every right to refuse.
      if (!isOver) onError(error)
    }
    if (!isOver) timer = setTimeout(prune, everyMs).unref()
  }

  return () => {
    isOver = true
    clearTimeout(timer)
  }
}
