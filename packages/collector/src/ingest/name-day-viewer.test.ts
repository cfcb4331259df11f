import { expect, test } from 'vitest'
import { draftOf, someClient } from '../testing/drafts.ts'
import type { IngestRequest } from './draft.ts'
import { nameDayViewer } from './name-day-viewer.ts'

const client = someClient({ dayViewer: '00000000000000aa' })
const cookieless = { context: { consent: 'cookieless' } }
const anonymousId = '00000000-0000-4000-8000-000000000001'

function viewerOf(event: Record<string, unknown>, request: Partial<IngestRequest> = {}) {
  const draft = draftOf(event, { client, ...request })
  expect(nameDayViewer(draft)).toBeUndefined()
  return draft.dayViewer
}

test('without consent a browser is known for the day', () => {
  expect(viewerOf(cookieless)).toBe('00000000000000aa')
})

test.each([
  ['with consent', {}, {}],
  ['with consent that was given', { context: { consent: 'granted' } }, {}],
  ['with an id of the device', { ...cookieless, anonymousId }, {}],
  ['of a user who is known', cookieless, { actor: { id: 'user-1', type: null, traits: null } }],
  ['by a server', cookieless, { client: null }],
  ['from an address that is not known', cookieless, { client: someClient() }],
])('an event %s needs no such name', (_, event, request) => {
  expect(viewerOf(event, request)).toBeNull()
})
