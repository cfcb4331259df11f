import ky from 'ky'
import { type Answer, readAnswer } from './answer.ts'

/**
 * Sends a body, as text/plain, which needs no CORS preflight. The client's own retries are off: the flusher has the
 * one retry loop. Its patience of ten seconds is ours.
 */
export async function post(url: string, body: string): Promise<Answer> {
  try {
    const response = await ky.post(url, {
      body: await pack(body),
      retry: 0,
      throwHttpErrors: false,
      credentials: 'omit',
    })
    return await readAnswer(response)
  } catch {
    return { status: 0, body: '', retryAfter: null }
  }
}

/** A shorter body fits into one packet anyway. */
const minPackLength = 1_000

/**
 * Compresses a body where the browser can. The media type must stay what a page may send without a preflight, and with
 * it go all headers that could name the encoding: the collector knows gzip by its first bytes.
 */
async function pack(body: string): Promise<string | Blob> {
  if (body.length < minPackLength) return body
  try {
    const packed = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'))
    return await new Response(packed, { headers: { 'content-type': 'text/plain' } }).blob()
  } catch {
    // Safari has had it since version 16.4.
    return body
  }
}
