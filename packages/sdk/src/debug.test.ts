import { beforeEach, describe, expect, test, vi } from 'vitest'
import { openDebug } from './debug.ts'
import { openCore, openTracker } from './testing/open.ts'
import { createWorld, unreachable } from './testing/world.ts'

const logged = vi.spyOn(console, 'log').mockImplementation(() => {})
beforeEach(() => logged.mockClear())

describe('debug mode', () => {
  const lines = () => logged.mock.calls.map(([line]) => line)

  test.each([
    ['the option', { debug: true }, false],
    ['localStorage', {}, true],
  ])('by %s tells what becomes of each event, from the first one on', async (_by, options, flag) => {
    const world = createWorld()
    if (flag) world.edges.storage.write('tallymark_debug', '1')
    const tracker = openTracker(world, options)
    tracker.track('save', { entity: { type: 'project', id: 42 } })
    tracker.track('share')
    await world.pass(0)
    await tracker.flush()
    expect(lines()).toEqual([
      expect.stringContaining('debug mode is on'),
      expect.stringContaining("'save' on project 42 is valid; 0 wait before it"),
      expect.stringContaining("'share' is valid; 1 wait before it"),
      expect.stringContaining('the collector answered 200: 2 acknowledged, 0 refused; 0 wait'),
    ])
  })

  test('tells of drops and of a collector that does not answer', async () => {
    const world = createWorld()
    const tracker = openTracker(world, {
      debug: true,
      beforeSend: (event) => (event.eventType === 'ping' ? null : event),
    })
    tracker.track('ping')
    await world.pass(0)
    world.answer = unreachable
    tracker.track('save')
    await tracker.flush()
    expect(lines().join('\n')).toMatch(/'ping' was dropped \(before_send\)[\s\S]*did not answer[\s\S]*1 wait/)
  })

  test('costs nothing where it is off', () => {
    const world = createWorld()
    openTracker(world).track('save')
    expect(world.extraLoads).toBe(0)
  })

  test('prefers what a plan says of an event', () => {
    const told: string[] = []
    const core = openCore(createWorld(), {
      beforeSend: Object.assign((event: object) => event as never, { check: () => '/props/rating is missing' }),
    })
    openDebug(core, (line) => told.push(line))
    core.record('review')
    expect(told.at(-1)).toContain("'review' is not valid: /props/rating is missing")
  })
})
