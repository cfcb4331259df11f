import { assembleCore } from '../core.ts'
import type { Core } from '../core-types.ts'
import { readOptions, type TrackerOptions } from '../options.ts'
import { createTrackerOf } from '../tracker.ts'
import type { Tracker } from '../tracker-types.ts'
import type { World } from './world.ts'

/** A tracker from within, in a world of its own. */
export function openCore(world: World, over: Partial<TrackerOptions> = {}): Core {
  const options = { endpoint: 'https://collect.example.com', writeKey: 'tm_pub_1', ...over }
  const settings = readOptions(options, 'https://shop.example/', () => {})
  if (!settings) throw new Error('the options are wrong')
  return assembleCore(settings, world.edges)
}

export const openTracker = (world: World, over: Partial<TrackerOptions> = {}): Tracker =>
  createTrackerOf(openCore(world, over))
