/** What is smaller is left to V8: giving it back takes as long as reading it. */
const leastBytes = 4096
/** What one read takes beyond this is left to V8, too: it may go on for long, and tidying up in between is cheaper then. */
const mostBytes = 64 * 1024 * 1024

type Memory = Uint8Array | Uint16Array | Uint32Array | Float64Array

/** Of the read that is being answered. */
let lent: ArrayBuffer[] | undefined
let lentBytes = 0

/**
 * Answers a read, and then gives the memory back that was lent to it. V8 does so only when it tidies up, and waits for
 * 64 MB before it does so for the sake of what lies outside its heap. A read that takes a third of that at once, as one of
 * a funnel does, would find memory each time that nobody had before, which the system has to clear first, and be held up
 * by the tidying every third time.
 */
export function lending<Answer>(read: () => Answer): Answer {
  lent = []
  try {
    return read()
  } finally {
    for (const buffer of lent) buffer.transfer(0)
    lent = undefined
    lentBytes = 0
  }
}

/** Memory that goes when the read is answered; nothing of it may be in the answer. Outside a read it is as any other. */
export function lend<Lent extends Memory>(memory: Lent): Lent {
  if (!lent || !isOurs(memory) || lentBytes + memory.byteLength > mostBytes) return memory
  lentBytes += memory.byteLength
  lent.push(memory.buffer)
  return memory
}

/** Small buffers may share their memory with others. */
const isOurs = (memory: Memory): memory is Memory & { buffer: ArrayBuffer } =>
  memory.byteLength >= leastBytes &&
  memory.byteLength === memory.buffer.byteLength &&
  memory.buffer instanceof ArrayBuffer
