import { type Answer, readAnswer } from './answer.ts'
import { request } from './request.ts'

/** Sends a body, as text/plain, which needs no CORS preflight. */
export async function post(url: string, body: string): Promise<Answer> {
  try {
    return await readAnswer(await request(url, await pack(body)))
  } catch {
    return { status: 0, body: '', retryAfter: null }
  }
}

/** A shorter body fits into one packet anyway. */
const minPackLength = 1_000

/**
 * Compresses a body where the browser can. The media type must stay what a page may send without a preflight, and with
 * it go all headers that could name the encoding: the collector knows gzip by its first bytes. Safari has had it since
 * version 16.4.
 */
async function pack(body: string): Promise<string | ArrayBuffer> {
  if (body.length < minPackLength || !globalThis.CompressionStream) return body
  // Blobs would do, too, but live in another process.
  const packed = new Response(body).body?.pipeThrough(new CompressionStream('gzip'))
  return new Response(packed).arrayBuffer()
}
