import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { limits } from '@tallymark/schemas'
import type { Context, MiddlewareHandler } from 'hono'
import { HttpProblem } from './http-problem.ts'

const unzip = promisify(gunzip)
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A body read whole: its JSON, and its size after decompression. */
export interface JsonBody {
  json: unknown
  bytes: number
}

/** Refuses a body that says it is too large, before anything else is looked at. */
export const limitDeclaredSize: MiddlewareHandler = async (c, next) => {
  if (Number(c.req.header('content-length') ?? 0) > limits.maxBodyBytes) throw tooLarge()
  await next()
}

/**
 * Reads a JSON body: media type and encoding, then the text, then JSON.
 *
 * @throws {HttpProblem} `unsupported_media_type`, `body_too_large` or `invalid_json`
 */
export async function readJson(c: Context): Promise<JsonBody> {
  const gzipped = checkEncoding(c.req.header('content-encoding'))
  checkMediaType(c.req.header('content-type'))
  const raw = await readBytes(c)
  const bytes = gzipped || isGzip(raw) ? await decompress(raw) : raw
  try {
    return { json: JSON.parse(utf8.decode(bytes)), bytes: bytes.byteLength }
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'it does not parse' : 'it is not UTF-8'
    throw new HttpProblem('invalid_json', `the body is not JSON: ${reason}`)
  }
}

/** `text/plain` is what a beacon sends: a simple request, which needs no preflight. */
function checkMediaType(header = ''): void {
  const mediaType = header.split(';', 1)[0]?.trim().toLowerCase()
  if (mediaType === 'application/json' || mediaType === 'text/plain') return
  const got = mediaType ? `not ${mediaType.slice(0, 60)}` : 'and Content-Type must say so'
  throw new HttpProblem('unsupported_media_type', `send application/json or text/plain, ${got}`)
}

function checkEncoding(header = ''): boolean {
  const encoding = header.trim().toLowerCase()
  if (encoding === 'gzip') return true
  if (encoding === '' || encoding === 'identity') return false
  throw new HttpProblem('unsupported_media_type', 'the only Content-Encoding is gzip')
}

/** A page that compresses by itself cannot name the encoding without a preflight: the bytes tell. */
const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b

async function decompress(bytes: Uint8Array): Promise<Uint8Array> {
  try {
    return await unzip(bytes, { maxOutputLength: limits.maxBodyBytes })
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge()
    throw new HttpProblem('invalid_json', 'the body says it is gzip and cannot be decompressed')
  }
}

async function readBytes(c: Context): Promise<Uint8Array> {
  try {
    // With a length that was checked, the server's own short way is safe; without one, the bytes are counted.
    const isChecked = c.req.header('content-length') !== undefined
    return isChecked ? new Uint8Array(await c.req.arrayBuffer()) : await countBytes(c)
  } catch (error) {
    if (error instanceof HttpProblem) throw error
    // The client has gone: nobody will read this, and it is no fault of ours to be logged.
    throw new HttpProblem('invalid_request', 'the body ended early')
  }
}

async function countBytes(c: Context): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.byteLength
    if (size > limits.maxBodyBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const tooLarge = () =>
  new HttpProblem('body_too_large', `a body may be at most ${limits.maxBodyBytes} bytes: send fewer events at once`, {
    headers: { Connection: 'close' },
  })
