/**
 * Runs work unless another tab is at it; tells whether it ran. `navigator.locks` exists on secure origins only and is
 * refused in sandboxed frames. Without it every tab is on its own, which costs duplicate requests and nothing else: the
 * collector knows events by their ids.
 */
export async function lock(name: string, work: () => Promise<void>): Promise<boolean> {
  let asked = false
  try {
    return await navigator.locks.request(name, { ifAvailable: true }, async (granted) => {
      asked = true
      if (granted) await work()
      return granted !== null
    })
  } catch (error) {
    if (asked) throw error
    await work()
    return true
  }
}
