import type { BatchAck } from '@tallymark/schemas'

const timeoutMs = 15_000

/**
 * Sends a body with nothing but `fetch`: from a page that is leaving, where nothing can be loaded any more, or one that
 * could not load the delivery. It understands an acknowledgement and nothing else: the answer is the places in the
 * batch of the events that were acknowledged.
 *
 * The request outlives the page (`keepalive`); all such requests together may hold 64 KiB. Firefox ignored that before
 * version 133, and the events go with the next page.
 */
export async function postRaw(url: string, body: string): Promise<number[]> {
  try {
    // Safari knows timeout signals since version 16.
    const signal = AbortSignal.timeout?.(timeoutMs)
    const response = await fetch(url, { method: 'POST', body, keepalive: true, credentials: 'omit', signal })
    const { results }: BatchAck = await response.json()
    return results.filter(({ data }) => data).map(({ index }) => index)
  } catch {
    return []
  }
}
