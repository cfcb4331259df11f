import { copyFileSync, existsSync } from 'node:fs'
import { expect, vi } from 'vitest'
import { startCollector, tallymark, withoutRates } from './collector-process.ts'
import { compare, readEventFile } from './event-file.ts'
import { newLedger, sendUntil, sendWaiting } from './load.ts'

const clients = 8
const writeKey = 'tm_pub_the-key-of-the-kill-test'

/**
 * Kills a collector so many times while clients send to it, each time at another moment, and starts it again; what
 * had not been acknowledged is sent again. In the end nothing acknowledged may be missing, and nothing may be there
 * twice.
 */
export async function killRounds(file: string, rounds: number): Promise<void> {
  const ledger = newLedger()
  for (let round = 0; round < rounds; round++) {
    const collector = await startCollector(file, ['--write-key', writeKey, ...withoutRates])
    let isDead = false
    const load = Array.from({ length: clients }, () => sendUntil(() => isDead, collector.url, writeKey, ledger))
    const enough = ledger.acknowledged.size + Math.floor(Math.random() ** 2 * 5000)
    await vi.waitFor(() => expect(ledger.acknowledged.size).toBeGreaterThanOrEqual(enough), {
      interval: 1,
      timeout: 30_000,
    })
    const { code } = await collector.kill()
    isDead = true
    await Promise.all(load)
    expect(code).toBe('SIGKILL')
    expect(compare(readEventFile(copyOf(file)), ledger.acknowledged), `after kill ${round + 1}`).toEqual({
      lost: [],
      twice: [],
    })
  }
  const last = await startCollector(file, ['--write-key', writeKey, ...withoutRates])
  await sendWaiting(last.url, writeKey, ledger)
  expect(await last.stop()).toMatchObject({ code: 0, stderr: '' })

  expect(ledger.refused).toEqual([])
  expect(ledger.waiting).toEqual([])
  expect(ledger.acknowledged.size).toBeGreaterThan(rounds)
  const found = readEventFile(file)
  expect(found.integrity).toBe('ok')
  expect(compare(found, ledger.acknowledged)).toEqual({ lost: [], twice: [] })
  expect(found.ids.length).toBe(ledger.acknowledged.size)
  expect(await tallymark(['verify', file])).toMatchObject({ code: 0, stderr: '' })
}

/** The file as the dead process left it: whoever opens the file itself would recover it in the collector's place. */
function copyOf(file: string): string {
  for (const part of ['', '-wal']) {
    if (existsSync(file + part)) copyFileSync(file + part, `${file}.copy${part}`)
  }
  return `${file}.copy`
}
