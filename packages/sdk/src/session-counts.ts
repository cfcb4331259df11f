/** What is counted of a session: its interactions, its page views and its views. */
export type SessionCounts = readonly number[]

export const none: SessionCounts = [0, 0, 0]

/** What an event adds to its session. */
export function countsOf(eventType: string): SessionCounts {
  if (/^impression$|session_(start|end)$|error/.test(eventType)) return none
  return [1, +/^page_view/.test(eventType), +(eventType === 'view')]
}
