import type { KeyValue } from './storage.ts'

/** Values that live as long as the page: for a visitor in whose browser nothing may be stored. */
export function createMemoryStorage(): KeyValue {
  const kept = new Map<string, string>()
  return {
    read: (key) => kept.get(key) ?? null,
    write: (key, value) => void kept.set(key, value),
    remove: (key) => void kept.delete(key),
    keys: () => [...kept.keys()],
  }
}
