import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { assignVariant } from './experiments.ts'
import { createRecorder } from './testing/recorder.ts'

const anonymousId = '0198c000-0000-7000-8000-000000000001'
const open = (over = {}) => {
  const { tracker, take } = createRecorder()
  return { tracker: { ...tracker, anonymousId, ...over }, take }
}

beforeEach(() => sessionStorage.clear())
afterEach(() => vi.unstubAllGlobals())

test('records once that a viewer saw a variant', () => {
  const { tracker, take } = open()
  const variant = assignVariant(tracker, 'button', ['control', 'bold'])
  expect(assignVariant(tracker, 'button', ['control', 'bold'])).toBe(variant)
  expect(take()).toEqual([{ eventType: 'experiment_exposure', props: { experiment: 'button', variant } }])
})

test('records each experiment, and each viewer', () => {
  const { tracker, take } = open()
  assignVariant(tracker, 'button', ['a'])
  assignVariant(tracker, 'price', ['a'])
  assignVariant(tracker, 'button', ['a'], { viewerId: 'u-1' })
  expect(take()).toHaveLength(3)
})

test('the next page of the session does not record it again, the next session does', () => {
  assignVariant(open().tracker, 'button', ['a'])
  const next = open()
  assignVariant(next.tracker, 'button', ['a'])
  expect(next.take()).toEqual([])
  sessionStorage.clear()
  const nextSession = open()
  assignVariant(nextSession.tracker, 'button', ['a'])
  expect(nextSession.take()).toHaveLength(1)
})

test('without an id everybody gets the first variant, and nobody is part of the experiment', () => {
  const { tracker, take } = open({ anonymousId: undefined })
  expect(assignVariant(tracker, 'button', ['control', 'bold'])).toBe('control')
  expect(assignVariant(tracker, 'button', { plain: 0, bold: 1 })).toBe('plain')
  expect(take()).toEqual([])
})

test('stores nothing for a viewer who has not agreed to storage', () => {
  const { tracker, take } = open({ anonymousId: undefined })
  assignVariant(tracker, 'button', ['a'], { viewerId: 'from the server' })
  assignVariant(tracker, 'button', ['a'], { viewerId: 'from the server' })
  expect(take()).toHaveLength(1)
  expect(sessionStorage).toHaveLength(0)
})

test('works where storage is denied', () => {
  vi.stubGlobal('sessionStorage', undefined)
  const { tracker, take } = open()
  assignVariant(tracker, 'button', ['a'])
  assignVariant(tracker, 'button', ['a'])
  expect(take()).toHaveLength(1)
})

test('the event type can have another name', () => {
  const { tracker, take } = open()
  assignVariant(tracker, 'button', ['a'], { eventType: 'post_experiment_viewed' })
  expect(take()[0]?.eventType).toBe('post_experiment_viewed')
})
