/** A visitor's address is used and never kept: not in the database, not in its write-ahead log, not in the output. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { geoDatabase } from '../packages/collector/src/testing/geo-database.ts'
import { tempFolder } from '../packages/collector/src/testing/temp-folder.ts'
import { ask, startCollector } from './support/collector-process.ts'

const address = '127.45.67.89'
const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const key = 'tm_pub_the-key-of-the-address-test'

/** Those that proxies tell. */
const forwarded = ['203.0.113.77', '2001:db8:77::77']

/** What would give an address away, as text, as bytes and as hexadecimal digits; and the user agent. */
const traces = [
  address,
  ...forwarded,
  '2001:db8:77:',
  ...['7f2d4359', 'cb00714d', '20010db80077'].flatMap((hex) => [hex, Buffer.from(hex, 'hex').toString('latin1')]),
  userAgent,
  'rv:140.0',
]

/** Which of the traces stand in which of the folder's files. */
function tracesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const content = readFileSync(join(folder, name), 'latin1')
    return traces.filter((trace) => content.includes(trace)).map((trace) => `${trace} in ${name}`)
  })
}

/** Linux has all of 127.0.0.0/8 on its loopback: a visitor there can have an address of its own. */
describe.skipIf(process.platform !== 'linux')('a visitor’s address', () => {
  test('tells the country and the viewer of the day, and stands nowhere', async () => {
    const folder = tempFolder()
    const file = join(folder, 'events.db')
    const files = tempFolder()
    const [geoDb, ranges] = [join(files, 'geo.mmdb'), join(files, 'ranges.txt')]
    writeFileSync(geoDb, geoDatabase([{ range: '127.45.0.0/16', data: { country: { iso_code: 'NZ' } } }]))
    writeFileSync(ranges, '198.51.100.0/24\n')
    const settings = ['--write-key', key, '--geo-db', geoDb, '--datacenter-ranges', ranges, '--log-level', 'debug']
    const collector = await startCollector(file, settings, { env: { TALLYMARK_BOTS: 'mark' } })

    const save = { eventType: 'save', entityType: 'page', entityId: '7', context: { consent: 'cookieless' } }
    const statuses = [
      await post(`${collector.url}/v1/track`, JSON.stringify(save)),
      await post(`${collector.url}/v1/track`, JSON.stringify({ ...save, props: { more: true } })),
      await post(`${collector.url}/v1/track`, '{"eventType": 7}'),
      await post(`${collector.url}/v1/track`, 'no JSON'),
      await post(`${collector.url}/v1/nowhere`, ''),
    ]
    expect(statuses).toEqual([201, 201, 400, 400, 404])
    expect(stored(file)).toEqual([
      { country: 'NZ', viewers: 1, agent: '{"browser":"Firefox","os":"Linux","device":"desktop"}' },
    ])

    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['events.db-wal', 'events.db-day-secret']))
    expect(tracesIn(folder)).toEqual([])
    const { stdout, stderr } = await collector.stop()
    expect(tracesIn(folder)).toEqual([])
    expect(traces.filter((trace) => (stdout + stderr).includes(trace))).toEqual([])
  })

  test('stands nowhere either when proxies tell it, and the client is refused for its rate', async () => {
    const folder = tempFolder()
    const rate = ['--client-rate', '1', '--client-burst', '3']
    const settings = ['--write-key', key, '--trust-proxy', '--log-level', 'debug', ...rate]
    const collector = await startCollector(join(folder, 'events.db'), settings)
    const send = async (from: string, path: string, body?: unknown) => {
      const headers = { 'x-forwarded-for': from, forwarded: `for="[${from}]"`, 'x-real-ip': from }
      return (await ask(collector.url + path, key, { ...(body !== undefined && { method: 'POST', body }), headers }))
        .status
    }
    const save = { eventType: 'save', entityType: 'page', entityId: 'home', context: { consent: 'cookieless' } }
    for (const from of forwarded) {
      expect(await send(from, '/v1/track', save)).toBe(201)
      expect(await send(from, '/v1/batch', { events: [save, { eventType: 'Not valid' }] })).toBe(200)
      expect(await send(from, '/v1/track', save)).toBe(429)
      await send(from, '/v1/pixel.gif?eventType=save')
      await send(from, '/v1/counts?entityType=page&entityId=home')
    }

    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['events.db', 'events.db-wal']))
    expect(tracesIn(folder)).toEqual([])
    const { stdout, stderr } = await collector.stop()
    expect(tracesIn(folder)).toEqual([])
    expect(traces.filter((trace) => (stdout + stderr).includes(trace))).toEqual([])
  })

  test('would be found if it stood in a file', () => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'bytes'), Buffer.from('0000007f2d435900', 'hex'))
    writeFileSync(join(folder, 'text'), `from ${address}`)
    expect(tracesIn(folder)).toHaveLength(2)
  })
})

function post(url: string, body: string): Promise<number | undefined> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}`, 'user-agent': userAgent }
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', localAddress: address, headers, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode))
    })
    sent.on('error', reject).end(body)
  })
}

function stored(file: string): unknown[] {
  const db = new Database(file, { readonly: true })
  const rows = db
    .prepare(`
      SELECT country, count(DISTINCT day_viewer) AS viewers, agent.value AS agent
      FROM event JOIN dictionary agent ON agent.id = event.agent GROUP BY country, agent`)
    .all()
  db.close()
  return rows
}
