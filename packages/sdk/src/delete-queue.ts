/** Removes the database of a queue. It creates nothing, and waits for nobody. */
export function deleteQueue(name: string): void {
  try {
    indexedDB.deleteDatabase(name)
  } catch {}
}
