import { createConnection } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { tempFolder } from '../../packages/collector/src/testing/temp-folder.ts'
import { ask, type CollectorProcess, memoryMb, startCollector, withoutRates } from '../support/collector-process.ts'
import { type Flooded, flood } from '../support/flood.ts'

const key = 'tm_pub_the-key-of-the-flood'
const start = () => startCollector(join(tempFolder(), 'events.db'), ['--write-key', key, ...withoutRates])

function report(what: string, run: Flooded, { pid }: CollectorProcess): void {
  const { accepted, refused, p50Ms, p99Ms } = run
  const { now, peak } = memoryMb(pid)
  const figures = [accepted, refused, p50Ms, p99Ms, now, peak].map((figure) => Math.round(figure))
  console.log(`${what}: requests/s taken, refused; p50, p99 ms; RSS now, peak MB: ${figures.join(' ')}`)
}

test.each([
  { shape: 'batches of 50', batch: 50, connections: 8 },
  { shape: 'single events', batch: 1, connections: 64 },
])(
  'five times of what it can take ($shape) leaves it at its peak, and quick',
  async ({ shape, batch, connections }) => {
    const collector = await start()
    const { url, pid } = collector
    const measure = async (what: string, load: Partial<Parameters<typeof flood>[0]>) => {
      const run = await flood({ url, key, connections, batch, durationMs: 8000, ...load })
      report(`${shape}, ${what}`, run, collector)
      return run
    }
    await measure('warming up', { durationMs: 3000 })
    // What it can take changes as its file grows, so each flood is compared with what comes before and after it.
    const before = await measure('peak', {})
    const over = await measure('5 × the requests', { connections: 400, perSecond: before.accepted * 5 })
    const between = await measure('peak', {})
    const halfway = memoryMb(pid).now
    const crowd = await measure('5 × the connections, each again at once', { connections: connections * 5 })
    const after = await measure('peak', {})

    for (const { wrong, p99Ms } of [over, crowd]) {
      expect(wrong).toEqual([])
      expect(p99Ms).toBeLessThan(250)
    }
    expect((2 * over.accepted) / (before.accepted + between.accepted)).toBeGreaterThan(0.8)
    // A crowd costs the one who sends it as well, who shares the machine.
    expect((2 * crowd.accepted) / (between.accepted + after.accepted)).toBeGreaterThan(0.7)
    expect(memoryMb(pid).peak).toBeLessThan(400)
    expect(memoryMb(pid).now - halfway).toBeLessThan(60)
  },
)

test.each([
  { what: 'half-sent bodies', bytes: `${head(524_288)}${' '.repeat(500 * 1024)}` },
  { what: 'heads whose bodies never come', bytes: head(524_288) },
  { what: 'half-sent heads', bytes: `GET /v1/counts?${'a'.repeat(200 * 1024)}` },
  { what: 'connections that say nothing', bytes: '' },
])('1 500 $what keep nobody out, and cost little', async ({ what, bytes }) => {
  const collector = await start()
  const { url, pid } = collector
  const { hostname, port } = new URL(url)
  const before = await flood({ url, key, connections: 8, batch: 1, durationMs: 3000 })
  for (let n = 0; n < 1500; n++) {
    const socket = createConnection({ host: hostname, port: Number(port) })
    onTestFinished(() => void socket.destroy())
    socket.on('error', () => {}).resume()
    socket.write(bytes)
    if (n % 50 === 0) await sleep(10)
  }
  await settled(collector)
  const beside = await flood({ url, key, connections: 8, batch: 1, durationMs: 3000 })
  report(`beside 1 500 ${what}`, beside, collector)
  expect([beside.wrong, Math.round(beside.refused)]).toEqual([[], 0])
  expect(beside.accepted / before.accepted).toBeGreaterThan(0.7)
  expect(beside.p99Ms).toBeLessThan(250)
  expect(memoryMb(pid).peak).toBeLessThan(450)
})

/** What was sent has been read, as far as it ever will be. */
async function settled({ url }: CollectorProcess): Promise<void> {
  for (let quick = 0; quick < 10; ) {
    const begun = performance.now()
    await ask(`${url}/healthz`, '')
    quick = performance.now() - begun < 20 ? quick + 1 : 0
    await sleep(200)
  }
}

function head(length: number): string {
  return `POST /v1/track?key=${key} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: ${length}\r\n\r\n`
}
