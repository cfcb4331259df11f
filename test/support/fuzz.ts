import { gzipSync } from 'node:zlib'
import { type Problem, problems } from '@tallymark/schemas'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { expect } from 'vitest'
import { testCollector, testKeys } from '../../packages/collector/src/testing/test-collector.ts'
import { readGolden } from '../../packages/schemas/golden/read.ts'

interface HostileRequest {
  path: string
  headers: Record<string, string>
  body: Uint8Array
}

/** Names that objects have by themselves, and names that no event has. */
const names = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'polluted',
    '',
    '\u0000',
    '\ud800',
  ),
  fc.constantFrom(
    'eventType',
    'entityId',
    'props',
    'occurredAt',
    'sentAt',
    'userToken',
    'events',
    'attribution',
    'context',
  ),
  fc.string({ unit: 'binary', maxLength: 300 }),
)

const values = fc.oneof(
  fc.constantFrom(null, true, -0, 1e308, -1, 2 ** 53, 0.1, '', '\u0000', '\u202e', '\ud800', '{}', 'x'.repeat(40_000)),
  fc.constantFrom<unknown>({ __proto__: null, polluted: true }, [], {}, [[]], {
    a: { b: { c: { d: { e: { f: { g: 1 } } } } } },
  }),
  fc.constantFrom(
    '2026-02-30T00:00:00Z',
    '-271821-04-20T00:00:00Z',
    'https://a:b@c/?q#f',
    'javascript:alert(1)',
    '=1+1',
  ),
  fc.json().map((text) => JSON.parse(text)),
  fc.string({ unit: 'binary', maxLength: 500 }),
)

type Mutation = (json: unknown) => unknown

const mutations: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(fc.nat(), values).map(([at, value]) => change(at, () => value)),
  fc.tuple(fc.nat(), names, values).map(([at, name, value]) => change(at, (old) => withKey(old, name, value))),
  fc.nat().map((at) => change(at, () => undefined)),
  fc.nat().map((at) => change(at, (old) => [old, old])),
  fc
    .nat()
    .map((at) => change(at, (old) => (typeof old === 'string' ? old.slice(0, 200).repeat(1000) : JSON.stringify(old)))),
)

/** Replaces the n-th of all values, counted from the root. */
function change(at: number, replace: (old: unknown) => unknown): Mutation {
  return (json) => {
    let left = at % 40
    const visit = (value: unknown): unknown => {
      if (left-- === 0) return replace(value)
      if (Array.isArray(value)) return value.map(visit)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, visit(inside)]))
    }
    return visit(json)
  }
}

function withKey(old: unknown, name: string, value: unknown): unknown {
  // By entries: an assignment to __proto__ would make no key.
  return typeof old === 'object' && old !== null ? Object.fromEntries([...Object.entries(old), [name, value]]) : value
}

const now = Date.now()
const golden = [...readGolden('valid', now), ...readGolden('invalid', now)].map(({ path, body }) => ({ path, body }))

const mutated = fc
  .tuple(fc.constantFrom(...golden), fc.array(mutations, { minLength: 1, maxLength: 4 }))
  .map(([{ path, body }, changes]) => ({
    path,
    text: JSON.stringify(changes.reduce<unknown>((json, mutate) => mutate(json), body)) ?? '',
  }))

const nested = fc.tuple(fc.constantFrom('[', '{"props":', '{"a":[', '{"events":['), fc.integer({ min: 1, max: 60_000 }))

const texts = fc.oneof(
  { weight: 8, arbitrary: mutated },
  { weight: 2, arbitrary: fc.json().map((text) => ({ path: '/v1/track', text })) },
  {
    weight: 1,
    arbitrary: nested.map(([part, depth]) => ({ path: '/v1/batch', text: part.repeat(depth).slice(0, 400_000) })),
  },
  {
    weight: 1,
    arbitrary: nested.map(([, depth]) => ({
      path: '/v1/track',
      text: `{"eventType":"save","props":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`,
    })),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }).map((text) => ({ path: '/v1/batch', text })) },
)

/** What becomes of a text on its way: nothing, mostly. */
const encodings = fc.oneof(
  { weight: 6, arbitrary: fc.constant((bytes: Buffer): Uint8Array => bytes) },
  { weight: 2, arbitrary: fc.constant((bytes: Buffer): Uint8Array => gzipSync(bytes)) },
  { weight: 1, arbitrary: fc.constant((bytes: Buffer): Uint8Array => gzipSync(gzipSync(bytes))) },
  {
    weight: 1,
    arbitrary: fc.nat().map(
      (at) =>
        (bytes: Buffer): Uint8Array =>
          gzipSync(bytes).subarray(0, at % 60),
    ),
  },
  { weight: 1, arbitrary: fc.constant((): Uint8Array => gzipSync(Buffer.alloc(3_000_000, ' '))) },
  {
    weight: 1,
    arbitrary: fc.nat().map(
      (at) =>
        (bytes: Buffer): Uint8Array =>
          bytes.subarray(0, at % (bytes.length + 1)),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })).map(([at, byte]) => (bytes: Buffer): Uint8Array => {
      const flipped = Buffer.from(bytes)
      if (flipped.length > 0) flipped[at % flipped.length] = byte
      return flipped
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constant((bytes: Buffer): Uint8Array => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])),
  },
  { weight: 1, arbitrary: fc.constant((bytes: Buffer): Uint8Array => Buffer.from(bytes.toString(), 'utf16le')) },
)

const odd = fc.string({ unit: 'grapheme-ascii', maxLength: 100 }).map((text) => text.trim())

const headerGames: fc.Arbitrary<Record<string, string>> = fc.oneof(
  { weight: 12, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('text/plain', 'TEXT/PLAIN;charset=x', 'text/html', '', 'application/json;;;')
      .map((type) => ({ 'content-type': type })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('gzip', 'GZIP ', 'br', 'gzip, gzip', 'deflate')
      .map((encoding) => ({ 'content-encoding': encoding })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('-1', 'abc', '1e9', '99999999999999999999', '0x10', '')
      .map((length) => ({ 'content-length': length })),
  },
  { weight: 1, arbitrary: odd.map((origin) => ({ origin })) },
  { weight: 1, arbitrary: odd.map((token) => ({ 'x-user-token': token })) },
  {
    weight: 1,
    arbitrary: fc
      .oneof(
        odd,
        odd.map((text) => `Basic ${text}`),
        odd.map((text) => `Bearer ${text}`),
      )
      .map((authorization) => ({ authorization })),
  },
  { weight: 1, arbitrary: odd.map((address) => ({ 'x-forwarded-for': address, forwarded: `for=${address}` })) },
)

const requests: fc.Arbitrary<HostileRequest> = fc
  .tuple(texts, encodings, headerGames)
  .map(([{ path, text }, encode, headers]) => ({ path, headers, body: encode(Buffer.from(text)) }))

/** What tells of the inside: stacks, statements, paths, names of parts. */
const leak =
  /\n\s+at |\.ts:\d|node_modules|node:|SQLITE_|\bSELECT\b|\bINSERT\b|sqlite|\/tmp\/|TypeError|RangeError|ZodError/

/**
 * Sends so many hostile bodies to a collector. Each must be stored or refused with a problem that says nothing of the
 * inside; in the end the collector must be as good as new.
 */
export async function fuzzBodies(runs: number): Promise<void> {
  const collector = await testCollector({
    trustProxy: 1,
    address: '203.0.113.7',
    rates: { client: undefined, key: undefined, guesses: undefined },
  })
  const statuses = new Map<number, number>()
  const send = async ({ path, headers, body }: HostileRequest) => {
    const response = await collector.app.request(
      path,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${testKeys.write}`, ...headers },
        body: Buffer.from(body),
      },
      { incoming: { socket: { remoteAddress: '10.0.0.1' } } },
    )
    const text = await response.text()
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
    expect(`${response.status} ${text}`).not.toMatch(/^5/)
    expect(text.length).toBeLessThan(30_000)
    expect(text).not.toMatch(leak)
    if (response.status < 400) return
    const { code, status, type } = JSON.parse(text) as Problem
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect({ status, type }).toEqual({ status: response.status, type: `urn:tallymark:problem:${code}` })
    expect(problems[code].status).toBe(status)
  }
  await fc.assert(fc.asyncProperty(requests, send), { numRuns: runs })

  // A fuzz whose bodies are all refused alike, or all taken, would prove little.
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 201, 400, 401, 413, 415]))
  expect(collector.errors).toEqual([])
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  const save = { eventType: 'save', entityType: 'page', entityId: 'home' }
  expect((await collector.track(save)).status).toBe(201)
  expect(await collector.store.verify()).toEqual([])
  await collector.close()
  const db = new Database(collector.file)
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
  db.close()
}
