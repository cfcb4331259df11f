import type { EventTypeOf, Plan, TrackOptions } from '@tallymark/schemas'
import type { EventOptions } from '../event.ts'
import { readMarkup } from './parts/markup.ts'
import type { AnyTracker, Named, Stop, Usual } from './parts/plugin-types.ts'
import { start } from './parts/start.ts'
import { coveredSeconds, type Stretch } from './parts/watched.ts'

/** What was watched in one sitting. */
export interface Watched {
  /** The time spent watching: pauses, jumps and waiting for the network left out, at whatever speed. */
  durationMs: number
  /** Enough of the medium was played. */
  completed: boolean
}

/** Options of {@link trackVideo}. */
export type VideoOptions<P extends Plan, V extends string, C, S, One> = Partial<TrackOptions<P, V>> & {
  /** Event types of other names. */
  eventTypes?: { view?: V; complete?: C; skip?: S }
  /** One view at the end of a sitting, with `durationMs` and `completed`, in place of a view and a complete or skip. */
  oneEvent?: One
  /** How much must be played to complete it, from 0 to 1. Default: 0.9. */
  completeAt?: number
  /** Says more of an event, or other things; at the start of a sitting nothing was watched yet. */
  describe?(watched: Watched): Partial<TrackOptions<P, V>> | undefined
}

/**
 * Records how a `<video>` or `<audio>` element is watched. A sitting begins when it plays, with a `view`. It ends at the
 * end, when the page is left, when the page is hidden and it does not play, or when it is taken out of the page: with a
 * `complete` if enough was played, jumps left out, else with a `skip`. That one carries the time spent watching. Who
 * plays on begins another sitting.
 *
 * @returns a function that stops it and ends the sitting
 * @example
 * const stop = trackVideo(tracker, videoElement, { entity: { type: 'video', id: 'v-1' }, surface: 'feed' })
 */
export function trackVideo<
  P extends Plan,
  V extends EventTypeOf<P> = Usual<P, 'view'>,
  C extends EventTypeOf<P> = Usual<P, 'complete'>,
  S extends EventTypeOf<P> = Usual<P, 'skip'>,
  One extends boolean = false,
>(
  tracker: AnyTracker<P> & Named<V> & (One extends true ? unknown : Named<C> & Named<S>),
  video: HTMLMediaElement,
  options?: VideoOptions<P, V, C, S, One>,
): Stop {
  return start('video', tracker, ({ listen }, to) => {
    const {
      eventTypes: { view = 'view', complete = 'complete', skip = 'skip' } = {},
      oneEvent,
      completeAt = 0.9,
      describe,
      ...said
    } = { ...options }
    /** What each event of the sitting says; undefined between two sittings. */
    let subject: EventOptions | undefined
    let stretches: Stretch[] = []
    let stretch: Stretch | undefined
    let watchedMs = 0
    let length = 0
    let inPage = false

    const record = (eventType: string, completed: boolean) => {
      const watched = { durationMs: Math.round(watchedMs), completed }
      to.track(eventType, { ...subject, ...watched, ...describe?.(watched) })
    }
    /** Adds what was played since the last time. The clock is the medium's: it stands still while nothing plays. */
    const measure = () => {
      if (video.seeking || !subject) return
      const { currentTime, duration, playbackRate } = video
      if (!stretch || currentTime < stretch[1]) {
        stretch = [currentTime, currentTime]
        stretches.push(stretch)
      }
      watchedMs += (1_000 * (currentTime - stretch[1])) / (playbackRate || 1)
      stretch[1] = currentTime
      length = duration
    }
    const play = () => {
      if (!subject) {
        subject = { ...said, ...readMarkup(video) }
        stretches = []
        stretch = undefined
        watchedMs = 0
        inPage = video.isConnected
        if (!oneEvent) record(view, false)
      }
      measure()
    }
    const end = () => {
      if (!subject) return
      const completed = coveredSeconds(stretches) >= completeAt * length
      record(oneEvent ? view : completed ? complete : skip, completed)
      subject = undefined
    }
    const leave = () => {
      measure()
      end()
    }
    /** What plays on in a hidden tab is still listened to. */
    const endIfGone = () =>
      video.paused && (document.visibilityState === 'hidden' || inPage !== video.isConnected) && leave()

    listen(video, 'playing', play)
    listen(video, 'timeupdate', measure)
    listen(video, 'seeking', () => {
      stretch = undefined
    })
    listen(video, 'ended', leave)
    listen(video, 'emptied', end)
    listen(video, 'pause', endIfGone)
    listen(window, 'visibilitychange', endIfGone)
    listen(window, 'pagehide', leave)
    if (!video.paused) play()
    return leave
  })
}
