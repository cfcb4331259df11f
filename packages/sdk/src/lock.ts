import { settle, type TabWork } from './tab-work.ts'

/**
 * Runs work unless another tab is at it; tells whether it ran. Where it left a word for the other tabs, they are kept
 * out until they can read it. `navigator.locks` exists on secure origins only and is refused in sandboxed frames.
 *
 * @param otherwise runs the work where there are no locks
 */
export async function lock<T>(name: string, work: TabWork, otherwise: () => Promise<T>): Promise<T | boolean> {
  let asked = false
  try {
    return await navigator.locks.request(name, { ifAvailable: true }, async (granted) => {
      asked = true
      if (granted && (await work())) await settle()
      return Boolean(granted)
    })
  } catch (error) {
    if (asked) throw error
    return otherwise()
  }
}
