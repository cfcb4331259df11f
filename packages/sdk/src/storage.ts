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
  return {
    read(key) {
      try {
        return memory.get(key) ?? area().getItem(key)
      } catch {
        return null
      }
    },
    write(key, value) {
      try {
        area().setItem(key, value)
        memory.delete(key)
      } catch {
        memory.set(key, value)
      }
    },
    remove(key) {
      memory.delete(key)
      try {
        area().removeItem(key)
      } catch {}
    },
    keys() {
      const keys = [...memory.keys()]
      try {
        return [...keys, ...Object.keys(area())]
      } catch {
        return keys
      }
    },
  }
}
