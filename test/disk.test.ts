import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../packages/collector/src/testing/temp-folder.ts'
import { ask, startCollector, tallymark } from './support/collector-process.ts'
import { compare, readEventFile } from './support/event-file.ts'
import { newLedger, sendUntil, sendWaiting } from './support/load.ts'

const key = 'tm_pub_the-key-of-the-disk-test'
const save = { eventType: 'save', entityType: 'page', entityId: 'home' }

/** A database that the collector made, with one event. */
async function madeFile(): Promise<string> {
  const file = join(tempFolder(), 'events.db')
  const collector = await startCollector(file, ['--write-key', key])
  await ask(`${collector.url}/v1/track`, key, { method: 'POST', body: save })
  await collector.stop()
  return file
}

describe('a database that can only be read', () => {
  test('is refused at the start with one line, and left as it is', async () => {
    const file = await madeFile()
    // A write version that SQLite does not know makes a file read-only for everybody, for root as well.
    const handle = openSync(file, 'r+')
    writeSync(handle, Uint8Array.of(3), 0, 1, 18)
    closeSync(handle)
    const before = readFileSync(file)
    const { code, stdout, stderr } = await tallymark(['serve', '--db', file, '--port', '0', '--write-key', key])
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' })
    expect(stderr).toMatch(/^tallymark: .*readonly database\n$/)
    expect(readFileSync(file).equals(before)).toBe(true)
  })
})

describe.skipIf(process.platform === 'win32')('a disk that becomes full', () => {
  /** No file of the process may grow over so many blocks of 512 or 1024 bytes. */
  const nearlyFull = { before: 'ulimit -f 2000;' }

  test('makes events wait and none of those lost that were acknowledged; with room again they are taken', async () => {
    const file = await madeFile()
    const ledger = newLedger()
    const full = await startCollector(file, ['--write-key', key, '--log-level', 'silent'], nearlyFull)
    await Promise.all(Array.from({ length: 4 }, () => sendUntil(() => false, full.url, key, ledger)))
    expect(ledger.refused).toEqual([])
    expect(ledger.waiting.length).toBeGreaterThan(0)
    expect(ledger.acknowledged.size).toBeGreaterThan(0)

    // Where a batch found no room, a few single events may still.
    let refused = await ask(`${full.url}/v1/track`, key, { method: 'POST', body: save })
    let stored = 1
    for (; refused.status === 201; stored++) {
      refused = await ask(`${full.url}/v1/track`, key, { method: 'POST', body: save })
    }
    expect(refused).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(JSON.stringify(refused.body)).not.toContain(file)
    expect((await ask(`${full.url}/readyz`, '')).status).toBe(503)
    expect((await ask(`${full.url}/healthz`, '')).status).toBe(200)
    await full.stop()

    const roomy = await startCollector(file, ['--write-key', key])
    await sendWaiting(roomy.url, key, ledger)
    expect(await roomy.stop()).toMatchObject({ code: 0, stderr: '' })
    expect({ refused: ledger.refused, waiting: ledger.waiting }).toEqual({ refused: [], waiting: [] })
    const found = readEventFile(file)
    expect(found.integrity).toBe('ok')
    expect(compare(found, ledger.acknowledged)).toEqual({ lost: [], twice: [] })
    expect(found.ids.length).toBe(ledger.acknowledged.size + stored)
    expect(await tallymark(['verify', file])).toMatchObject({ code: 0, stderr: '' })
  }, 120_000)

  test('before the first start is told with one line', async () => {
    const file = join(tempFolder(), 'events.db')
    const { code, stdout, stderr } = await tallymark(['serve', '--db', file, '--port', '0'], { before: 'ulimit -f 8;' })
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' })
    expect(stderr).toMatch(/^tallymark: [^\n]+\n$/)
  })
})
