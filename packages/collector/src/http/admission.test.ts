import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { Admission, admit } from './admission.ts'
import { HttpProblem } from './http-problem.ts'

const kib = 1024

/** An admission with a clock that can be set, and requests that end when they are told to. */
function admission(options: ConstructorParameters<typeof Admission>[0] = {}) {
  const clock = { now: 0 }
  const gate = new Admission({
    maxBytes: 100 * kib,
    minBytes: 10 * kib,
    maxWaitMs: 50,
    clock: () => clock.now,
    ...options,
  })
  const begin = (bytes: number) => {
    const end = Promise.withResolvers<void>()
    const work = gate.hold(bytes, () => end.promise)
    return { end: end.resolve, fail: end.reject, work }
  }
  return { gate, clock, begin }
}

describe('admission', () => {
  test('takes what fits beside the requests under way, and refuses what does not', async () => {
    const { gate, begin } = admission()
    const first = begin(60 * kib)
    expect([gate.hasRoomFor(30 * kib), gate.hasRoomFor(40 * kib)]).toEqual([true, false])
    first.end()
    await first.work
    expect(gate.hasRoomFor(40 * kib)).toBe(true)
  })

  test('counts a request for more than its body, for many small ones cost more than one large one', () => {
    const { gate, begin } = admission()
    for (let n = 0; n < 99; n++) begin(0)
    expect(gate.hasRoomFor(0)).toBe(true)
    begin(0)
    expect(gate.hasRoomFor(0)).toBe(false)
  })

  test('takes a body larger than its bound when nobody else is there', async () => {
    const { gate, begin } = admission()
    expect(gate.hasRoomFor(500 * kib)).toBe(true)
    const large = begin(500 * kib)
    expect(gate.hasRoomFor(0)).toBe(false)
    large.end()
    await large.work
    expect(gate.hasRoomFor(0)).toBe(true)
  })

  test('refuses when a request has waited too long, until it is answered', async () => {
    const { gate, clock, begin } = admission()
    const first = begin(10 * kib)
    clock.now = 30
    const second = begin(10 * kib)
    clock.now = 51
    expect(gate.hasRoomFor(0)).toBe(false)
    first.end()
    await first.work
    expect(gate.hasRoomFor(0)).toBe(true)
    clock.now = 81
    expect(gate.hasRoomFor(0)).toBe(false)
    second.end()
  })

  test('refuses nobody for one slow commit while next to nothing is under way', () => {
    const { gate, clock, begin } = admission()
    begin(2 * kib)
    clock.now = 10_000
    expect([gate.hasRoomFor(2 * kib), gate.hasRoomFor(20 * kib)]).toEqual([true, false])
  })

  test('lets go of a request that fails', async () => {
    const { gate, begin } = admission()
    const failing = begin(99 * kib)
    failing.fail(new Error('the disk is away'))
    await expect(failing.work).rejects.toThrow('the disk is away')
    expect(gate.hasRoomFor(99 * kib)).toBe(true)
  })

  test('does not begin the work of a request that finds no room, and says when to come again', async () => {
    const { gate, begin } = admission()
    begin(99 * kib)
    let begun = false
    const refusal = await gate
      .hold(kib, async () => {
        begun = true
      })
      .catch((error: unknown) => error)
    expect(begun).toBe(false)
    expect(refusal).toBeInstanceOf(HttpProblem)
    const { problem, headers } = refusal as HttpProblem
    expect([problem.code, problem.status]).toEqual(['overloaded', 503])
    expect(Number(headers['Retry-After'])).toBeGreaterThan(0)
  })
})

describe('in front of the routes', () => {
  /** An app behind an admission that is full, whose pauses end when they are told to. */
  function fullApp() {
    const { gate, begin } = admission()
    const busy = begin(99 * kib)
    const pauses: (() => void)[] = []
    const app = new Hono()
    app.use(admit(gate, 512 * kib, () => new Promise((resolve) => pauses.push(resolve))))
    app.all('/', (c) => c.text('done'))
    const post = (bytes: number) => app.request('/', { method: 'POST', headers: { 'content-length': String(bytes) } })
    return { app, busy, pauses, post }
  }

  test('it refuses by the declared size, and holds the refusal back for a moment', async () => {
    const { post, pauses } = fullApp()
    const answer = post(2000)
    await expect.poll(() => pauses.length).toBe(1)
    pauses[0]?.()
    const { status, headers } = await answer
    expect([status, headers.get('content-type')]).toEqual([503, 'application/problem+json'])
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('it lets reading through, which takes no room', async () => {
    const { app, pauses } = fullApp()
    expect((await app.request('/')).status).toBe(200)
    expect(pauses).toEqual([])
  })

  test('it takes the next one as soon as there is room', async () => {
    const { post, busy, pauses } = fullApp()
    busy.end()
    await busy.work
    expect((await post(2000)).status).toBe(200)
    expect(pauses).toEqual([])
  })
})
