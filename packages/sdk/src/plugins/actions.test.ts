import { expect, test } from 'vitest'
import { createActions } from './actions.ts'
import { createRecorder } from './testing/recorder.ts'

const event = { type: 'event', id: 'e-1' }

test('each action records its event type, with an entity and what else is said', () => {
  const { tracker, take } = createRecorder()
  const { save, share, follow } = createActions(tracker)
  save(event)
  share(event, { surface: 'feed', position: 0, props: { channel: 'copy' } })
  follow(event)
  expect(take()).toEqual([
    { eventType: 'save', entity: event },
    { eventType: 'share', entity: event, surface: 'feed', position: 0, props: { channel: 'copy' } },
    { eventType: 'follow', entity: event },
  ])
})

test('a plan’s own names take the place of the usual ones, and make actions of their own', () => {
  const { tracker, take } = createRecorder()
  const actions = createActions(tracker, { calendar: 'calendar_sync', unlike: 'like_undone', swipe: 'swipe' })
  actions.calendar(event)
  actions.swipe(event)
  actions.toggleLike(event, false)
  expect(take().map(({ eventType }) => eventType)).toEqual(['calendar_sync', 'swipe', 'like_undone'])
})

test('a like and a follow go on and off', () => {
  const { tracker, take } = createRecorder()
  const { toggleFollow, toggleLike } = createActions(tracker)
  toggleLike(event, true, { surface: 'feed' })
  toggleLike(event, false)
  toggleFollow(event, true)
  toggleFollow(event, false)
  expect(take()).toEqual([
    { eventType: 'like', entity: event, surface: 'feed' },
    { eventType: 'unlike', entity: event },
    { eventType: 'follow', entity: event },
    { eventType: 'unfollow', entity: event },
  ])
})

test('a search says its words, how much it found and its filters', () => {
  const { tracker, take } = createRecorder()
  const { trackSearch } = createActions(tracker)
  trackSearch('jazz', { resultsCount: 0, filters: { city: 'Ghent' }, surface: 'home', props: { sort: 'new' } })
  trackSearch('jazz')
  expect(take()).toEqual([
    {
      eventType: 'search',
      surface: 'home',
      props: { query: 'jazz', resultsCount: 0, filters: { city: 'Ghent' }, sort: 'new' },
    },
    { eventType: 'search', props: { query: 'jazz' } },
  ])
})

test('a filter is set and taken away', () => {
  const { tracker, take } = createRecorder()
  const { trackFilter, trackFilterClear } = createActions(tracker, { trackFilter: 'filter_apply' })
  trackFilter('genre', ['jazz'], { surface: 'home' })
  trackFilterClear('genre')
  trackFilterClear()
  expect(take()).toEqual([
    { eventType: 'filter_apply', surface: 'home', props: { filter: 'genre', value: ['jazz'] } },
    { eventType: 'filter_clear', props: { filter: 'genre' } },
    { eventType: 'filter_clear', props: {} },
  ])
})
