// @vitest-environment node
import { expect, test, vi } from 'vitest'

test('on a server everything can be imported and called, and does nothing', async () => {
  const error = vi.spyOn(console, 'error')
  const warn = vi.spyOn(console, 'warn')
  const sdk = await import('./index.ts')
  sdk.track('save')
  sdk.init({ endpoint: '', writeKey: '' })
  sdk.init({ endpoint: '', writeKey: '' })
  sdk.track('save')
  sdk.trackView({ type: 'project', id: 1 })
  sdk.trackClick({ type: 'project', id: 1 })
  sdk.identify(null)
  sdk.reset()
  await sdk.flush()
  sdk.startNewSession()
  sdk.setConsent('denied')
  sdk.optOut()
  sdk.optIn()
  expect(await sdk.forgetMe()).toBe(true)
  expect(sdk.getSessionMetrics()).toMatchObject({ durationMs: 0, interactionCount: 0 })

  const tracker = sdk.createTracker({ endpoint: '', writeKey: '' })
  tracker.track('save')
  tracker.setConsent('granted')
  await tracker.flush()
  expect(await tracker.forgetMe()).toBe(true)
  const { consent, anonymousId, session, counts, drops } = tracker
  expect({ consent, anonymousId, session, counts, drops }).toEqual({
    consent: 'denied',
    counts: { queued: 0, sent: 0, duplicates: 0 },
    drops: {},
  })
  expect(error).not.toHaveBeenCalled()
  expect(warn).not.toHaveBeenCalled()
})
