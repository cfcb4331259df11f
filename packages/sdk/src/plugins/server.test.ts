// @vitest-environment node
import { expect, test, vi } from 'vitest'
import { createTracker } from '../index.ts'

test('on a server every plugin can be imported and started, and does nothing', async () => {
  const said = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn')]
  const [{ createActions }, { trackDeclared }, { trackEngagement }, { assignVariant }, { trackImpressions }] =
    await Promise.all([
      import('./actions.ts'),
      import('./declarative.ts'),
      import('./engagement.ts'),
      import('./experiments.ts'),
      import('./impressions.ts'),
    ])
  const [{ trackLinks }, { trackPageViews }, { trackScroll }, { surfaceFromReferrer }, { trackVideo }] =
    await Promise.all([
      import('./links.ts'),
      import('./page-views.ts'),
      import('./scroll.ts'),
      import('./surface.ts'),
      import('./video.ts'),
    ])
  const tracker = createTracker({ endpoint: 'https://collect.example.com', writeKey: 'tm_pub_1' })
  createActions(tracker).save({ type: 'project', id: 1 })
  trackDeclared(tracker)()
  trackEngagement(tracker)()
  trackImpressions(tracker)()
  trackLinks(tracker)()
  trackPageViews(tracker)()
  trackScroll(tracker)()
  trackVideo(tracker, {} as HTMLVideoElement)()
  expect(surfaceFromReferrer({ '*': 'embed' })).toBeUndefined()
  const variants = ['a', 'b'] as const
  expect(assignVariant(tracker, 'button', variants)).toBe('a')
  expect(variants).toContain(assignVariant(tracker, 'button', variants, { viewerId: 'from a cookie' }))
  for (const spy of said) expect(spy).not.toHaveBeenCalled()
})
