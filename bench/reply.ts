import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

const timeoutMs = 300_000

/** What a child process says next. One that ends by itself instead is an error, and not waited for. */
export async function reply<T>(child: ChildProcess): Promise<T> {
  const waiting = new AbortController()
  const signal = AbortSignal.any([waiting.signal, AbortSignal.timeout(timeoutMs)])
  try {
    const [said] = await Promise.race([once(child, 'message', { signal }), once(child, 'exit', { signal }).then(ended)])
    return said as T
  } finally {
    waiting.abort()
  }
}

function ended(): never {
  throw new Error('a process of the bench ended by itself')
}
