import { join } from 'node:path'
import type { Plan, Problem } from '@tallymark/schemas'
import { SignJWT } from 'jose'
import { onTestFinished } from 'vitest'
import { type CollectorOptions, createCollector } from '../collector.ts'
import type { RequestLine } from '../http/observe.ts'
import { toStoredKey } from '../keys/key.ts'
import { expectDescribed } from './described-answers.ts'
import { tempFolder } from './temp-folder.ts'

/** The keys and the secret that every test collector has. */
export const testKeys = {
  write: 'tm_pub_test-write-key-0001',
  secret: 'tm_sec_test-secret-key-001',
  admin: 'tm_adm_test-admin-key-0001',
} as const

const userTokenSecret = 'a-secret-of-forty-characters-for-tests-x'

interface TestOptions
  extends Pick<
    CollectorOptions,
    | 'bots'
    | 'places'
    | 'datacenters'
    | 'rates'
    | 'limits'
    | 'trustProxy'
    | 'publicCap'
    | 'publicReads'
    | 'keepDays'
    | 'trending'
  > {
  plan?: Plan
  /** To open the same file again. */
  file?: string
  /** False: takes no user tokens. */
  takesUserTokens?: boolean
  /** Of the write key; default: any. */
  origins?: string[]
  /** The kinds of keys beside those in the file; default: one of each. */
  keys?: Key[]
  /** That requests come from; default: none is known, as without a socket. */
  address?: string
  onRequest?: (line: RequestLine) => void
  now?: () => number
}

export type Key = keyof typeof testKeys

/**
 * A whole collector on a real file, asked without a socket; closed when the test has finished. Whatever it answers has
 * to be in the OpenAPI document.
 */
export async function testCollector(options: TestOptions = {}) {
  const { plan, file = join(tempFolder(), 'test.db'), takesUserTokens = true, origins = [], now = Date.now } = options
  const { keys = ['write', 'secret', 'admin'], bots, places, datacenters, onRequest } = options
  const { rates, trustProxy = 0, publicCap, publicReads = false, keepDays } = options
  const client = { address: options.address }
  const errors: unknown[] = []
  const collector = await createCollector({
    file,
    ...(plan && { plan }),
    keys: keys.map((kind) => toStoredKey(kind, testKeys[kind], 0, kind === 'write' ? origins : [])),
    ...(bots && { bots }),
    places,
    datacenters,
    ...(rates && { rates }),
    ...(options.limits && { limits: options.limits }),
    trustProxy,
    ...(publicCap !== undefined && { publicCap }),
    publicReads,
    keepDays,
    ...(options.trending && { trending: options.trending }),
    userTokenSecret: takesUserTokens ? userTokenSecret : undefined,
    onError: (error) => errors.push(error),
    onRequest,
    now,
  })
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= collector.close()
    return closing
  }
  onTestFinished(close)

  const send = async (
    method: string,
    path: string,
    body: unknown,
    key: Key | null,
    headers: Record<string, string> = {},
  ) => {
    const init = {
      method,
      headers: {
        'content-type': 'application/json',
        ...(key && { authorization: `Bearer ${testKeys[key]}` }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }
    // As Node's adapter hands the socket over.
    const response = await collector.app.request(path, init, {
      incoming: { socket: { remoteAddress: client.address } },
    })
    const text = await response.text()
    const [mediaType = ''] = response.headers.get('content-type')?.split(';', 1) ?? []
    const isJson = /[/+]json$/.test(mediaType)
    if (method !== 'HEAD' && method !== 'OPTIONS') {
      expectDescribed(collector.app, method, path, { status: response.status, mediaType, text })
    }
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson && text ? JSON.parse(text) : text) as never,
    }
  }

  return {
    ...collector,
    file,
    client,
    errors,
    close,
    track: (event: unknown, key: Key | null = 'write', headers?: Record<string, string>) =>
      send('POST', '/v1/track', event, key, headers),
    batch: (body: unknown, key: Key | null = 'write', headers?: Record<string, string>) =>
      send('POST', '/v1/batch', body, key, headers),
    get: (path: string, key: Key | null = 'write', headers?: Record<string, string>) =>
      send('GET', path, undefined, key, headers),
    put: (path: string, body: unknown, key: Key | null = 'secret') => send('PUT', path, body, key),
    send,
  }
}

/** A user token as the product's own server would sign it. */
export function userToken(claims: { sub?: string; exp?: string | number | null; [claim: string]: unknown } = {}) {
  const { exp = '1h', ...payload } = { sub: 'user-1', ...claims }
  const token = new SignJWT(payload).setProtectedHeader({ alg: 'HS256' })
  if (exp !== null) token.setExpirationTime(exp)
  return token.sign(new TextEncoder().encode(userTokenSecret))
}

/** What a test looks at in a problem. */
export const codeOf = (body: unknown) => (body as Problem).code
