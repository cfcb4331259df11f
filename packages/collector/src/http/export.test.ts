import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rowsAtOnce } from '../row-text.ts'
import type { NewEvent } from '../store/store.ts'
import { newEvent } from '../testing/events.ts'
import { historyNow, isBetween, play, someHistory, viewerOf } from '../testing/history.ts'
import { codeOf, testCollector, testKeys } from '../testing/test-collector.ts'

const dayMs = 86_400_000

const linesOf = (body: unknown) =>
  String(body)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)

const idsOf = ({ actor, anonymousId }: NewEvent) => ({
  actorId: actor?.id ?? null,
  anonymousId: actor ? null : anonymousId,
})

const isoTime = (ms: number) => new Date(ms).toISOString()

const sequenceRow = (event: NewEvent) => ({
  ...idsOf(event),
  sessionId: event.sessionId,
  occurredAt: isoTime(event.occurredAt),
  eventType: event.eventType,
  entityType: event.entityType,
  entityId: event.entityId,
  surface: event.surface,
  source: event.source,
  position: event.position,
  durationMs: event.durationMs ?? 0,
  completed: event.completed ?? false,
})

/** The rows of each viewer together, the viewers in no order. */
function byViewer(rows: readonly Record<string, unknown>[]) {
  return [...Map.groupBy(rows, ({ viewer }) => viewer).values()]
    .map((own) => JSON.stringify(own.map(({ viewer, ...row }) => row)))
    .sort()
}

const someFilter = fc.record(
  {
    eventType: fc.subarray(['view', 'click', 'impression'], { minLength: 1 }),
    entityType: fc.constantFrom('project', 'song'),
  },
  { requiredKeys: [] },
)

test('exports for machines are what each viewer did, one after the other and added up', async () => {
  await fc.assert(
    fc.asyncProperty(someHistory, someFilter, async (history, { eventType, entityType }) => {
      const { collector, events } = await play(history)
      const from = historyNow - 30 * dayMs
      const meant = events
        .filter((event) => isBetween(event, from, Infinity) && viewerOf(event) !== null)
        .filter((event) => eventType?.includes(event.eventType) ?? true)
        .filter((event) => entityType === undefined || event.entityType === entityType)
        .toSorted((a, b) => a.occurredAt - b.occurredAt)
      const viewers = [...Map.groupBy(meant, viewerOf).values()]
      const search = new URLSearchParams([
        ['from', isoTime(from)],
        ...(eventType ?? []).map((type) => ['eventType', type]),
        ...(entityType ? [['entityType', entityType]] : []),
      ])

      const sequences = await collector.get(`/v1/export?kind=sequences&${search}`, 'secret')
      expect(sequences.headers.get('content-type')).toBe('application/x-ndjson')
      expect(byViewer(linesOf(sequences.body))).toEqual(
        viewers.map((own) => JSON.stringify(own.map(sequenceRow))).sort(),
      )

      const signals = linesOf((await collector.get(`/v1/export?kind=signals&${search}`, 'secret')).body)
      const expected = viewers.flatMap((own) =>
        [...Map.groupBy(own, (each) => `${each.eventType} ${each.entityType} ${each.entityId}`).values()].map(
          (same) => {
            const [first, last] = [same[0], same.at(-1)] as [NewEvent, NewEvent]
            return {
              ...idsOf(first),
              entityType: first.entityType,
              entityId: first.entityId,
              eventType: first.eventType,
              count: same.length,
              completions: same.filter(({ completed }) => completed).length,
              durationMs: same.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0),
              firstAt: isoTime(first.occurredAt),
              lastAt: isoTime(last.occurredAt),
            }
          },
        ),
      )
      const asText = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort()
      expect(asText(signals.map(({ viewer, ...row }) => row))).toEqual(asText(expected))

      const csv = await collector.get(`/v1/export?kind=signals&format=csv&${search}`, 'secret')
      const rows: { count: string }[] = parse(String(csv.body), { columns: true })
      expect(rows.map(({ count }) => Number(count))).toEqual(signals.map(({ count }) => count))
      await collector.close()
    }),
    { numRuns: 6 },
  )
})

test('an export of more rows than are written at once has each of them once, and says who did it', async () => {
  const { app, get, send, store, errors } = await testCollector({ now: () => historyNow })
  const deviceOf = (n: number) => `00000000-0000-4000-8000-${String(n % 7).padStart(12, '0')}`
  const events = Array.from({ length: 2 * rowsAtOnce + 1 }, (_, n) =>
    newEvent({ entityId: String(n), anonymousId: deviceOf(n), sessionId: deviceOf(n), receivedAt: historyNow - 1 }),
  )
  await store.append(events)
  await store.flush()
  // Whoever asks for heads alone keeps nobody from theirs.
  for (const path of ['/v1/export?kind=signals', '/v1/export?kind=segments', '/v1/reports/segments?format=ndjson']) {
    const { status, headers, body } = await send('HEAD', path, undefined, 'secret')
    expect({ status, type: headers.get('content-type'), body }).toEqual({
      status: 200,
      type: 'application/x-ndjson',
      body: '',
    })
  }
  // Neither does a client that goes away, and that is nobody's fault.
  const authorization = `Bearer ${testKeys.secret}`
  for (let n = 0; n < 3; n++) {
    const { body } = await app.request('/v1/export?kind=signals', { headers: { authorization } })
    const reader = body?.getReader()
    await reader?.read()
    await reader?.cancel()
  }
  expect(errors).toEqual([])
  const expected = events.map((_, n) => `${n} ${deviceOf(n)}`).sort()
  for (const kind of ['signals', 'sequences']) {
    const rows = linesOf((await get(`/v1/export?kind=${kind}`, 'secret')).body)
    expect(rows.map(({ entityId, anonymousId }) => `${entityId} ${anonymousId}`).sort()).toEqual(expected)
  }
})

test('segments are exported as the report has them', async () => {
  const { get, track } = await testCollector()
  await track({
    eventType: 'save',
    entityType: 'project',
    entityId: 1,
    anonymousId: '00000000-0000-4000-8000-000000000001',
  })
  const { body } = await get('/v1/export?kind=segments&did=save', 'secret')
  expect(linesOf(body)).toMatchObject([{ anonymousId: '00000000-0000-4000-8000-000000000001', count: 1 }])
})

test('an empty export has the names of its columns, and so many at once as there are', async () => {
  const { get } = await testCollector()
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => get('/v1/export?kind=sequences&format=csv', 'secret')),
  )
  for (const { body } of answers) expect(String(body)).toMatch(/^viewer,actorId,[\w,]+\r\n$/)
})

test('an export takes a secret key, a kind that there is, and names from the plan', async () => {
  const { get } = await testCollector({ plan: { name: 'closed', entities: {}, events: { view: {} } } })
  expect((await get('/v1/export?kind=signals', 'write')).status).toBe(403)
  const ask = async (search: string) => codeOf((await get(`/v1/export?${search}`, 'secret')).body)
  expect(await ask('kind=everything')).toBe('invalid_request')
  expect(await ask('kind=signals&eventType=purchase')).toBe('invalid_request')
  expect(await ask('kind=signals&from=2026-02-01&to=2026-01-01')).toBe('invalid_request')
  expect(await ask('kind=signals&did=view')).toBe('invalid_request')
  expect(await ask('kind=segments&eventType=view')).toBe('invalid_request')
  expect(await ask('kind=segments&did=purchase')).toBe('invalid_request')
  expect(await ask('kind=signals&format=json')).toBe('invalid_request')
})
