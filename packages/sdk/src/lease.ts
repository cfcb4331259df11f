import type { KeyValue } from './storage.ts'
import { settle, type TabWork } from './tab-work.ts'

/** A holder that died is missed for so long. */
const leaseMs = 5_000

/**
 * Takes the place of a lock where there is none: a lease in the storage that the tabs share. It is not as strict, which
 * costs a duplicate request now and then and nothing else, for the collector knows events by their ids. Where nothing
 * may be stored, each tab has a queue of its own, and a lease of its own.
 *
 * The lease is an instant until which it holds, with a fraction that tells its holder.
 */
export async function lease(name: string, work: TabWork, storage: KeyValue): Promise<boolean> {
  const key = `${name} lease`
  const holder = Math.random().toFixed(9).slice(1)
  const renew = () => storage.write(key, Date.now() + leaseMs + holder)
  // An instant further ahead was written before the clock was set back.
  const leftMs = Number(storage.read(key)) - Date.now()
  if (leftMs > 0 && leftMs <= leaseMs + 1) return false
  renew()
  await settle()
  // Who wrote last has it.
  if (!storage.read(key)?.endsWith(holder)) return false
  const renewal = setInterval(renew, leaseMs / 3)
  try {
    if (await work()) await settle()
  } finally {
    clearInterval(renewal)
    storage.remove(key)
  }
  return true
}
