import { vi } from 'vitest'

/** A medium that plays by a fake clock, and tells what a browser tells: happy-dom has none that play. */
export function createMedia(duration = 100) {
  const element = document.createElement('video')
  document.body.append(element)
  const state = { currentTime: 0, duration, paused: true, seeking: false, playbackRate: 1 }
  for (const key of Object.keys(state) as (keyof typeof state)[]) {
    Object.defineProperty(element, key, { get: () => state[key], configurable: true })
  }
  const tell = (type: string) => void element.dispatchEvent(new Event(type))
  const media = {
    element,
    state,
    tell,
    start() {
      state.paused = false
      tell('play')
      tell('playing')
    },
    pause() {
      state.paused = true
      tell('timeupdate')
      tell('pause')
    },
    /** Plays for so many seconds of the clock on the wall, or to the end. */
    play(seconds: number) {
      if (state.paused) media.start()
      for (let step = 0; step < seconds * 4 && state.currentTime < state.duration; step++) {
        vi.advanceTimersByTime(250)
        state.currentTime = Math.min(state.duration, state.currentTime + state.playbackRate / 4)
        tell('timeupdate')
      }
      if (state.currentTime < state.duration) return
      state.paused = true
      tell('pause')
      tell('ended')
    },
    seek(to: number) {
      state.seeking = true
      state.currentTime = to
      tell('seeking')
      tell('timeupdate')
      state.seeking = false
      tell('timeupdate')
      tell('seeked')
    },
  }
  return media
}
