import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createMedia } from './testing/fake-media.ts'
import { createRecorder, hide, leavePage } from './testing/recorder.ts'
import { trackVideo } from './video.ts'

const { tracker, take } = createRecorder()
let stop = () => {}
const entity = { type: 'video', id: 'v-1' }
const outcomes = () => take().map(({ eventType, durationMs }) => [eventType, durationMs])

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  stop()
  take()
  hide('visible')
  document.body.innerHTML = ''
  vi.useRealTimers()
})

test('playing to the end is a view and a complete with the time spent', () => {
  const media = createMedia(100)
  stop = trackVideo(tracker, media.element, { entity, surface: 'feed' })
  media.play(1)
  expect(take()).toEqual([{ eventType: 'view', entity, surface: 'feed', durationMs: 0, completed: false }])
  media.play(200)
  expect(take()).toEqual([{ eventType: 'complete', entity, surface: 'feed', durationMs: 100_000, completed: true }])
})

test.each([
  ['leaves the page', leavePage],
  ['takes the plugin off', () => stop()],
])('who %s early has skipped', (_, go) => {
  const media = createMedia(100)
  stop = trackVideo(tracker, media.element)
  media.play(30)
  go()
  expect(outcomes()).toEqual([
    ['view', 0],
    ['skip', 30_000],
  ])
})

test('who leaves near the end has completed', () => {
  const media = createMedia(100)
  stop = trackVideo(tracker, media.element)
  media.play(90)
  leavePage()
  expect(outcomes().at(-1)).toEqual(['complete', 90_000])
})

test('jumping forward over a part is skipping, although the end was reached', () => {
  const media = createMedia(100)
  stop = trackVideo(tracker, media.element)
  media.play(10)
  media.seek(80)
  media.play(100)
  expect(outcomes().at(-1)).toEqual(['skip', 30_000])
})

test('going back to what was jumped over completes it, and what is played twice is time spent twice', () => {
  const media = createMedia(100)
  stop = trackVideo(tracker, media.element)
  media.play(60)
  media.seek(80)
  media.play(19)
  media.seek(50)
  media.play(40)
  leavePage()
  expect(outcomes().at(-1)).toEqual(['complete', 119_000])
})

test('time spent is that of the clock on the wall, whatever the speed', () => {
  const media = createMedia(100)
  stop = trackVideo(tracker, media.element)
  media.state.playbackRate = 2
  media.play(100)
  expect(outcomes().at(-1)).toEqual(['complete', 50_000])
})

test('pauses and waiting for the network are not time spent', () => {
  const media = createMedia(100)
  stop = trackVideo(tracker, media.element)
  media.play(10)
  media.pause()
  vi.advanceTimersByTime(60_000)
  media.play(10)
  media.tell('waiting')
  vi.advanceTimersByTime(60_000)
  media.tell('playing')
  media.play(10)
  leavePage()
  expect(outcomes()).toEqual([
    ['view', 0],
    ['skip', 30_000],
  ])
})

test('who comes back and plays on begins another sitting', () => {
  const media = createMedia(100)
  stop = trackVideo(tracker, media.element)
  media.play(10)
  media.pause()
  hide()
  hide('visible')
  media.play(5)
  leavePage()
  expect(outcomes()).toEqual([
    ['view', 0],
    ['skip', 10_000],
    ['view', 0],
    ['skip', 5_000],
  ])
})

test('what plays on in a hidden tab is still listened to', () => {
  const media = createMedia(100)
  stop = trackVideo(tracker, media.element)
  media.play(10)
  hide()
  media.play(20)
  expect(outcomes()).toEqual([['view', 0]])
  media.pause()
  expect(outcomes()).toEqual([['skip', 30_000]])
})

test('watching again is another view, and completes by itself', () => {
  const media = createMedia(10)
  stop = trackVideo(tracker, media.element)
  media.play(10)
  media.seek(0)
  media.play(2)
  leavePage()
  expect(outcomes()).toEqual([
    ['view', 0],
    ['complete', 10_000],
    ['view', 0],
    ['skip', 2_000],
  ])
})

test('a loop is one sitting', () => {
  const media = createMedia(10)
  stop = trackVideo(tracker, media.element)
  for (let round = 0; round < 3; round++) {
    media.play(9.75)
    media.seek(0)
  }
  leavePage()
  expect(outcomes()).toEqual([
    ['view', 0],
    ['complete', 29_250],
  ])
})

test('another source, and an element that is taken away, end the sitting', () => {
  const media = createMedia(10)
  stop = trackVideo(tracker, media.element)
  media.play(4)
  Object.assign(media.state, { currentTime: 0, duration: Number.NaN, paused: true })
  media.tell('emptied')
  expect(outcomes().at(-1)).toEqual(['skip', 4_000])
  Object.assign(media.state, { duration: 10 })
  media.play(3)
  media.element.remove()
  media.pause()
  expect(outcomes().at(-1)).toEqual(['skip', 3_000])
})

test('a medium that never was in the page is not taken away when it is paused', () => {
  const media = createMedia(10)
  media.element.remove()
  stop = trackVideo(tracker, media.element)
  media.play(4)
  media.pause()
  media.play(2)
  stop()
  expect(outcomes()).toEqual([
    ['view', 0],
    ['skip', 6_000],
  ])
})

test('a medium that plays already has begun', () => {
  const media = createMedia(10)
  media.start()
  stop = trackVideo(tracker, media.element)
  expect(outcomes()).toEqual([['view', 0]])
})

test('a stream without an end is never completed', () => {
  const media = createMedia(Number.POSITIVE_INFINITY)
  stop = trackVideo(tracker, media.element)
  media.play(10)
  stop()
  expect(outcomes().at(-1)).toEqual(['skip', 10_000])
})

test('one event can say it all, under another name and with a prop for the time', () => {
  const media = createMedia(10)
  stop = trackVideo(tracker, media.element, {
    entity,
    oneEvent: true,
    eventTypes: { view: 'asset_viewed' },
    describe: ({ durationMs }) => ({ props: { view_duration_ms: durationMs } }),
  })
  media.play(10)
  expect(take()).toEqual([
    { eventType: 'asset_viewed', entity, durationMs: 10_000, completed: true, props: { view_duration_ms: 10_000 } },
  ])
})

test('the markup around the element names the entity', () => {
  const media = createMedia(10)
  document.body.dataset.trackEntity = 'video:v-9'
  stop = trackVideo(tracker, media.element, { completeAt: 0.5 })
  media.play(5)
  stop()
  expect(take().map(({ entity: of, completed }) => [of?.id, completed])).toEqual([
    ['v-9', false],
    ['v-9', true],
  ])
  delete document.body.dataset.trackEntity
})

test('nothing is recorded after the end, and an element that is not there disturbs nobody', () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const media = createMedia(10)
  trackVideo(tracker, media.element)()
  media.play(5)
  expect(take()).toEqual([])
  Reflect.apply(trackVideo, undefined, [tracker, null])()
})
