import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { type Parser, rejectionFromZod } from '@tallymark/schemas'
import type { Context } from 'hono'
import type { Arrivals } from './arrivals.ts'
import { HttpProblem } from './http-problem.ts'
import { bodyTooLarge, readBytes } from './read-bytes.ts'

const unzip = promisify(gunzip)
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A body's JSON, and its size after decompression. */
export interface JsonBody {
  json: unknown
  bytes: number
}

/** A body as it arrived. */
export interface RawBody {
  bytes: Uint8Array
  gzipped: boolean
  /** How large it may be after decompression. */
  maxBytes: number
}

/**
 * Reads a body whole, after a look at its media type and encoding.
 *
 * @throws {HttpProblem} `unsupported_media_type`, `body_too_large`, `overloaded`, or `invalid_request` when it ends early
 */
export async function readBody(c: Context, arrivals: Arrivals): Promise<RawBody> {
  const saysGzip = checkEncoding(c.req.header('content-encoding'))
  checkMediaType(c.req.header('content-type'))
  const bytes = await readBytes(c, arrivals)
  return { bytes, gzipped: saysGzip || isGzip(bytes), maxBytes: arrivals.maxBodyBytes }
}

/** Reads a body that may be left out, as `fetch(url, { method: 'POST' })` does; then it is an object that says nothing. */
export async function readBodyIfAny(c: Context, arrivals: Arrivals): Promise<RawBody> {
  const raw = c.req.header('content-type') === undefined ? await readUntyped(c, arrivals) : await readBody(c, arrivals)
  return raw.bytes.byteLength > 0 ? raw : { ...raw, bytes: emptyObject }
}

/** @throws {HttpProblem} `body_too_large` or `invalid_json` */
export async function parseBody({ bytes: raw, gzipped, maxBytes }: RawBody): Promise<JsonBody> {
  const bytes = gzipped ? await decompress(raw, maxBytes) : raw
  try {
    return { json: JSON.parse(utf8.decode(bytes)), bytes: bytes.byteLength }
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'it does not parse' : 'it is not UTF-8'
    throw new HttpProblem('invalid_json', `the body is not JSON: ${reason}`)
  }
}

/** @throws {HttpProblem} `invalid_request` or `unrecognized_keys`, with a pointer to each place */
export function parseAs<T>(parser: Parser<T>, json: unknown): T {
  const parsed = parser.safeParse(json)
  if (parsed.success) return parsed.data
  const { code, detail, errors } = rejectionFromZod(parsed.error, '', 'invalid_request')
  throw new HttpProblem(code, detail, errors && { errors })
}

const emptyObject = new TextEncoder().encode('{}')

/** What does not say of which type it is must be nothing. */
async function readUntyped(c: Context, arrivals: Arrivals): Promise<RawBody> {
  const bytes = await readBytes(c, arrivals)
  if (bytes.byteLength > 0) checkMediaType()
  return { bytes, gzipped: false, maxBytes: arrivals.maxBodyBytes }
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

async function decompress(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  try {
    return await unzip(bytes, { maxOutputLength: maxBytes })
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw bodyTooLarge(maxBytes)
    throw new HttpProblem('invalid_json', 'the body says it is gzip and cannot be decompressed')
  }
}
