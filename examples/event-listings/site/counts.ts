import type { CountsAnswer } from '@tallymark/schemas'
import { collector } from './tracking.ts'

/** How many people saved each of these listings, in one request. Undefined when the collector does not answer. */
export async function fetchSaved(ids: readonly string[]): Promise<Map<string, number> | undefined> {
  const url = new URL(`${collector.endpoint}/v1/counts`)
  url.searchParams.set('key', collector.writeKey)
  url.searchParams.set('entityType', 'event')
  for (const id of ids) url.searchParams.append('entityId', id)
  try {
    const response = await fetch(url)
    if (!response.ok) return undefined
    const { counts }: CountsAnswer = await response.json()
    // People, not clicks: who saves on two pages at once is one of them.
    return new Map(ids.map((id) => [id, counts[id]?.calendar_sync?.unique ?? 0]))
  } catch {
    return undefined
  }
}
