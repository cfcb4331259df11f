import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../packages/collector/src/testing/temp-folder.ts'
import { ask, startCollector } from './support/collector-process.ts'

const key = 'tm_pub_the-key-of-addresses'
const addresses = ['203.0.113.77', '2001:db8:77::77']

test('the address of a client stands nowhere: not in the database, nor its write-ahead log, nor in what is logged', async () => {
  const folder = tempFolder()
  const args = [
    '--write-key',
    key,
    '--trust-proxy',
    '--log-level',
    'debug',
    '--client-rate',
    '1',
    '--client-burst',
    '3',
  ]
  const collector = await startCollector(join(folder, 'events.db'), args)
  const send = async (from: string, path: string, body?: unknown) => {
    const method = body === undefined ? 'GET' : 'POST'
    const headers = { 'x-forwarded-for': from, forwarded: `for="[${from}]"`, 'x-real-ip': from }
    return (await ask(collector.url + path, key, { method, body, headers })).status
  }
  const save = { eventType: 'save', entityType: 'page', entityId: 'home', context: { consent: 'cookieless' } }
  for (const from of addresses) {
    expect(await send(from, '/v1/track', save)).toBe(201)
    expect(await send(from, '/v1/batch', { events: [save, { eventType: 'Not valid' }] })).toBe(200)
    expect(await send(from, '/v1/track', save)).toBe(429)
    await send(from, '/v1/pixel.gif?eventType=save')
    await send(from, '/v1/counts?entityType=page&entityId=home')
  }

  const find = (text: string) => addresses.filter((address) => text.includes(address))
  const files = readdirSync(folder)
  expect(files).toEqual(expect.arrayContaining(['events.db', 'events.db-wal']))
  for (const file of files) expect([file, find(readFileSync(join(folder, file), 'latin1'))]).toEqual([file, []])
  const { stdout, stderr } = await collector.stop()
  expect(find(stdout + stderr)).toEqual([])
  for (const file of readdirSync(folder))
    expect([file, find(readFileSync(join(folder, file), 'latin1'))]).toEqual([file, []])
})
