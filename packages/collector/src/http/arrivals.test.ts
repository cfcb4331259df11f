import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Arrivals } from './arrivals.ts'

/** A piece that takes so many bytes with what it costs itself. */
const piece = (bytes: number) => new Uint8Array(bytes - 256).fill(7)

/** Bodies that note in which order they were cut. */
function arrivals(maxBytes: number) {
  const all = new Arrivals(undefined, maxBytes)
  const cut: string[] = []
  return { all, cut, begin: (name: string) => all.begin(() => cut.push(name)) }
}

describe('bodies on their way in', () => {
  test('are cut, the oldest first, when what has arrived of all takes too much memory', () => {
    const { all, cut, begin } = arrivals(1000)
    const [slow, fast] = [begin('slow'), begin('fast')]
    begin('only promised')
    all.add(slow, piece(600))
    all.add(fast, piece(400))
    expect(cut).toEqual([])
    all.add(fast, piece(257))
    expect(cut).toEqual(['slow'])
    expect(slow.heldBytes).toBe(0)
  })

  test('cost nothing when they are complete', () => {
    const { all, cut, begin } = arrivals(1000)
    for (let n = 0; n < 100; n++) {
      const body = begin(`body ${n}`)
      all.add(body, piece(900))
      all.end(body)
    }
    expect(cut).toEqual([])
  })

  test('take nothing more once they were cut', () => {
    const { all, cut, begin } = arrivals(1000)
    const body = begin('large')
    all.add(body, piece(1001))
    all.add(body, piece(1001))
    expect({ cut, held: body.heldBytes }).toEqual({ cut: ['large'], held: 0 })
  })

  test('are whole, in whatever pieces they came', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 40 }), (pieces) => {
        const { all, begin } = arrivals(1_000_000)
        const body = begin('body')
        for (const piece of pieces) all.add(body, piece)
        expect(Buffer.from(body.whole())).toEqual(Buffer.concat(pieces))
      }),
    )
  })

  test('are scattered in more than 4096 pieces, each of which costs memory and time', () => {
    const { all, begin } = arrivals(10_000_000)
    const body = begin('body')
    for (let n = 0; n < 4096; n++) all.add(body, piece(257))
    expect([body.heldBytes, body.isScattered]).toEqual([4096 * 257, false])
    all.add(body, piece(257))
    expect(body.isScattered).toBe(true)
  })
})
