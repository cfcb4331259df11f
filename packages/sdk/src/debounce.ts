/** Runs something later; the answer calls it off. */
export type SetTimer = (run: () => void, delayMs: number) => () => void

export interface Debounce<T> {
  /** Holds a value back until its key was quiet for so long; a later value of the same key takes its place. */
  hold(key: string, delayMs: number, value: T): void
  /** Lets everything go that is held back. */
  flush(): void
}

/** Keeps the last value of each key until it settles: the rating after the third click, not the first. */
export function createDebounce<T>(setTimer: SetTimer, release: (value: T) => void): Debounce<T> {
  const held = new Map<string, { cancel: () => void; letGo: () => void }>()
  return {
    hold(key, delayMs, value) {
      const letGo = () => {
        held.get(key)?.cancel()
        held.delete(key)
        release(value)
      }
      held.get(key)?.cancel()
      held.set(key, { cancel: setTimer(letGo, delayMs), letGo })
    },
    flush() {
      for (const { letGo } of held.values()) letGo()
    },
  }
}
