// @vitest-environment node
import { expect, test, vi } from 'vitest'

test('on a server everything can be imported and called, and does nothing', async () => {
  const error = vi.spyOn(console, 'error')
  const warn = vi.spyOn(console, 'warn')
  const sdk = await import('./index.ts')
  sdk.track('save')
  const tracker = sdk.init({ endpoint: '', writeKey: '' })
  sdk.init({ endpoint: '', writeKey: '' })
  tracker.track('save')
  sdk.trackView({ type: 'project', id: 1 })
  sdk.trackClick({ type: 'project', id: 1 })
  sdk.identify(null)
  sdk.reset()
  await sdk.flush()
  await sdk.createTracker({ endpoint: '', writeKey: '' }).flush()
  expect(error).not.toHaveBeenCalled()
  expect(warn).not.toHaveBeenCalled()
})
