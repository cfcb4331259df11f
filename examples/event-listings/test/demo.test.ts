import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { history } from '../seed.ts'

const demo = fileURLToPath(new URL('../demo.ts', import.meta.url))

/** Starts the demo on free ports, and waits until it has said everything. */
async function startDemo() {
  const child = spawn(process.execPath, [demo, '--port', '0', '--collector-port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  await expect.poll(() => said, { timeout: 20_000 }).toContain('Ctrl-C')
  const find = (pattern: RegExp) => pattern.exec(said)?.[1] ?? ''
  return {
    site: find(/Event listings +(\S+)/),
    file: find(/Database +(\S+),/),
    counts: find(/curl "(.+)"/),
    stop() {
      child.kill('SIGTERM')
      return ended
    },
  }
}

describe('the demo', () => {
  // Windows has no signal that a process could answer.
  it.skipIf(process.platform === 'win32')('shows a site with history, and leaves nothing behind', async () => {
    const running = await startDemo()
    expect(await (await fetch(running.site)).text()).toContain('<title>Lantern')
    const { counts } = await (await fetch(running.counts)).json()
    const people = history['blue-hour-quartet'].saved
    expect(counts['blue-hour-quartet'].calendar_sync).toEqual({ count: people, unique: people })
    expect(existsSync(running.file)).toBe(true)

    expect(await running.stop()).toBe(0)
    expect(existsSync(dirname(running.file))).toBe(false)
    await expect(fetch(running.counts)).rejects.toThrow()
  })
})
