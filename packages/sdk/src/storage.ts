/** Small values that outlive the page and are shared by the tabs. */
export interface KeyValue {
  read(key: string): string | null
  write(key: string, value: string): void
  remove(key: string): void
  keys(): string[]
}

/**
 * Opens localStorage. Touching it throws when the user denied it, and writing throws when it is full; what it does not
 * take lives as long as the page.
 */
export function openStorage(area: () => Storage = () => window.localStorage): KeyValue {
  const memory = new Map<string, string>()
  const attempt = <T>(run: (storage: Storage) => T): T | undefined => {
    try {
      return run(area())
    } catch {}
  }
  return {
    read: (key) => memory.get(key) ?? attempt((storage) => storage.getItem(key)) ?? null,
    write(key, value) {
      memory.set(key, value)
      attempt((storage) => {
        storage.setItem(key, value)
        memory.delete(key)
      })
    },
    remove(key) {
      memory.delete(key)
      attempt((storage) => storage.removeItem(key))
    },
    keys: () => [...memory.keys(), ...(attempt(Object.keys) ?? [])],
  }
}
