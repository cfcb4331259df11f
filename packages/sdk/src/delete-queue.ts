/** Other tabs let go of it as soon as they have the time; one that hangs must not hold up for good whoever goes on. */
const patienceMs = 10_000

/**
 * Removes the database of a queue; it creates nothing. Fulfilled when it is gone, and with it what other tabs were about
 * to write into it, or when that takes too long: it will be gone, but nobody can wait for it.
 */
export function deleteQueue(name: string): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, patienceMs)
    try {
      const deleting = indexedDB.deleteDatabase(name)
      deleting.onsuccess = deleting.onerror = () => resolve()
    } catch {
      resolve()
    }
  })
}
