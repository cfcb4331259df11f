import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { tempFolder } from '../../packages/collector/src/testing/temp-folder.ts'
import { ask, startCollector, tallymark, withoutRates } from '../support/collector-process.ts'
import { compare, readEventFile } from '../support/event-file.ts'
import { Load } from '../support/load.ts'
import type { Fault, Scene } from './fault.ts'

const key = 'tm_pub_the-key-of-the-fault-tests'
const settings = ['--write-key', key, ...withoutRates]
const clients = 8
/** It falls at another moment each time: after up to so many events. */
const maxEventsBetween = 3000
/** An orderly end takes no longer. */
const endWithinMs = 10_000
/** Where it need not be started again, events are acknowledged so soon after the end of the fault. */
const recoverWithinMs = 5000

/**
 * Lets a fault happen so many times to a collector under load. Whatever it does to it: nothing that was acknowledged
 * may be missing in the end, nothing may be there twice, and the file must be sound. Prints what was measured.
 */
export async function endure(fault: Fault, times: number): Promise<void> {
  const folder = tempFolder()
  const file = join(folder, 'events.db')
  const ground = (await fault.prepare?.(folder)) ?? {}
  const seen = ground.seenAs ?? folder
  const start = () => startCollector(file, [...settings, '--log-level', 'silent'], ground.options)
  const scene: Scene = { collector: await start(), file, folder: seen, time: 0 }
  const load = new Load(scene.collector.url, key, clients)
  const recoveries: number[] = []

  for (; scene.time < times; scene.time++) {
    await load.takes(1 + Math.floor(Math.random() ** 2 * maxEventsBetween))
    const begun = performance.now()
    await fault.cause(scene)
    if (fault.shows === 'nothing') await load.takes(100)
    else if (fault.shows === 'refusals') await expectRefusals(scene, load)
    else {
      expect(await scene.collector.ended).toMatchObject({ code: fault.shows.end })
      expect(performance.now() - begun).toBeLessThan(endWithinMs)
      // What has ended acknowledges nothing more.
      const acknowledged = new Set(load.acknowledged)
      if (fault.refusesToStart) await expectRefusedStart(fault.refusesToStart)
      else expect(compare(lookInto(seen), acknowledged)).toEqual({ lost: [], twice: [] })
    }

    const healed = performance.now()
    await fault.heal?.(scene)
    if (typeof fault.shows === 'object') {
      scene.collector = await start()
      load.url = scene.collector.url
    }
    await load.takes(1)
    recoveries.push(performance.now() - healed)
  }

  await load.end()
  expect(await scene.collector.stop()).toMatchObject({ code: 0, stderr: '' })
  expect(readdirSync(seen), 'its log was written back').not.toContain('events.db-wal')
  const found = lookInto(seen)
  const { lost, twice } = compare(found, load.acknowledged)
  print(fault, times, { acknowledged: load.acknowledged.size, lost, twice, recoveries, toldToWait: load.toldToWait })
  expect(load.wrong).toEqual([])
  expect({ lost, twice, integrity: found.integrity }).toEqual({ lost: [], twice: [], integrity: 'ok' })
  expect(found.ids.length).toBe(load.acknowledged.size)
  expect(await tallymark(['verify', file], ground.options)).toMatchObject({ code: 0, stderr: '' })
  if (typeof fault.shows === 'string') expect(Math.max(...recoveries)).toBeLessThan(recoverWithinMs)

  async function expectRefusedStart(words: RegExp): Promise<void> {
    const before = contentOf(seen)
    const { code, stdout, stderr } = await tallymark(
      ['serve', '--db', file, '--port', '0', ...settings],
      ground.options,
    )
    expect({ code, stdout, stderr }).toEqual({
      code: 78,
      stdout: '',
      stderr: expect.stringMatching(/^tallymark: .*\n$/),
    })
    expect(stderr).toMatch(words)
    const after = contentOf(seen)
    expect([...before.keys()].filter((name) => after.get(name) !== before.get(name))).toEqual([])
  }
}

/** Every event is refused, and in a way that makes clients wait; all the rest goes on. */
async function expectRefusals({ collector: { url }, folder }: Scene, load: Load): Promise<void> {
  await vi.waitFor(async () => {
    const answer = await load.sendOne()
    expect(answer).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } })
    expect(Number(answer?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(JSON.stringify(answer?.body)).not.toContain(folder)
  }, waiting)
  await vi.waitFor(async () => expect((await ask(`${url}/readyz`, '')).status).toBe(503), waiting)
  expect((await ask(`${url}/healthz`, '')).status).toBe(200)
  const counts = await ask(`${url}/v1/counts?entityType=page&entityId=page-1&eventType=like`, key)
  expect(counts).toMatchObject({ status: 200, body: { counts: { 'page-1': { like: { count: expect.any(Number) } } } } })
}

const waiting = { timeout: 60_000, interval: 10 }

/** A copy of the database as it lies there: whoever opened the file itself would recover it in the collector's place. */
function lookInto(folder: string) {
  const copy = join(tempFolder(), 'copy')
  mkdirSync(copy)
  cpSync(folder, copy, { recursive: true })
  return readEventFile(join(copy, 'events.db'))
}

/** The files of a folder but those that are memory shared by whoever reads a database. */
function contentOf(folder: string): Map<string, string> {
  const names = readdirSync(folder).filter((name) => !name.endsWith('-shm'))
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'latin1')]))
}

interface Figures {
  acknowledged: number
  lost: string[]
  twice: string[]
  recoveries: number[]
  toldToWait: ReadonlyMap<string, number>
}

function print({ name }: Fault, times: number, figures: Figures): void {
  const { acknowledged, lost, twice, recoveries, toldToWait } = figures
  const sorted = recoveries.map(Math.round).toSorted((a, b) => a - b)
  const waits = [...toldToWait].map(([code, count]) => `${count} ${code}`).join(', ') || 'none'
  console.log(
    `a collector ${name}, ${times} times: ${acknowledged} events acknowledged, ${lost.length} lost, ` +
      `${twice.length} stored twice; acknowledged again after ${sorted[sorted.length >> 1]} ms, at most ` +
      `${sorted.at(-1)} ms; refused: ${waits}`,
  )
}
