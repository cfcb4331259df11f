/**
 * Sends a body from a page that is leaving, where nothing can be loaded any more: with nothing but `fetch`. The request
 * outlives the page (`keepalive`, in Firefox since version 133); all such requests together may hold 64 KiB. Answers
 * undefined when nobody knows what became of it: the events are still in the queue.
 */
export async function postLeaving(url: string, body: string): Promise<Response | undefined> {
  try {
    return await fetch(url, { method: 'POST', body, keepalive: true, credentials: 'omit' })
  } catch {
    return undefined
  }
}
