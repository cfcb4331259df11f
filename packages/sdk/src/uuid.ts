const pattern = /^[\da-f]{8}-[\da-f-]{27}$/i

export const isUuid = (value: unknown): value is string => typeof value === 'string' && pattern.test(value)

/**
 * Makes UUIDs of version 7 (RFC 9562), each greater than the one before: milliseconds since 1970, a counter of 12 bits,
 * 62 random bits. The randomness comes for many at a time: asking for it costs more than all the rest.
 */
export function createIds(now: () => number): () => string {
  const random = new Uint32Array(128)
  let used = random.length
  let lastMs = 0
  let count = 0
  const draw = () => {
    if (used === random.length) {
      crypto.getRandomValues(random)
      used = 0
    }
    return random[used++] as number
  }
  return () => {
    const nowMs = now()
    // A clock that stands still or was set back counts on; a full counter borrows the next millisecond.
    count = nowMs > lastMs ? 0 : (count + 1) % 0x1000
    if (count === 0) lastMs = Math.max(nowMs, lastMs + 1)
    const time = hex(lastMs, 12)
    const [some, more] = [draw(), draw()]
    return [
      time.slice(0, 8),
      time.slice(8),
      hex(0x7000 + count, 4),
      hex(0x8000 + (some & 0x3fff), 4),
      hex(more, 8) + hex(some >>> 16, 4),
    ].join('-')
  }
}

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')
