import ky from 'ky'
import { parseRetryAfter } from './backoff.ts'
import type { Answer } from './judge.ts'

const timeoutMs = 15_000

/**
 * Sends a body. A string goes as text/plain, which needs no CORS preflight. The client's own retries are off: the
 * flusher has the one retry loop.
 */
export async function post(url: string, body: string): Promise<Answer> {
  try {
    const response = await ky.post(url, {
      body,
      retry: 0,
      throwHttpErrors: false,
      timeout: timeoutMs,
      credentials: 'omit',
    })
    return {
      status: response.status,
      body: await response.text(),
      retryAfterMs: parseRetryAfter(response.headers.get('retry-after'), Date.now()),
    }
  } catch {
    return { status: 0, body: '', retryAfterMs: 0 }
  }
}
