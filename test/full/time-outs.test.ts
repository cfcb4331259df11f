import { createConnection } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { tempFolder } from '../../packages/collector/src/testing/temp-folder.ts'
import { startCollector } from '../support/collector-process.ts'

const key = 'tm_pub_the-key-of-the-slow'

test.each([
  ['head', 10, 'POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Le'],
  [
    'body',
    30,
    `POST /v1/track?key=${key} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\n{`,
  ],
])(
  'a %s that has not arrived after %i seconds is answered 408, and its connection closed',
  async (_, seconds, bytes) => {
    const { url } = await startCollector(join(tempFolder(), 'events.db'), ['--write-key', key])
    const { hostname, port } = new URL(url)
    const begun = performance.now()
    const socket = createConnection({ host: hostname, port: Number(port) })
    onTestFinished(() => void socket.destroy())
    socket.write(bytes)
    let answer = ''
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text
    })
    await new Promise((resolve) => socket.once('close', resolve))
    const took = (performance.now() - begun) / 1000
    expect(answer).toMatch(/^HTTP\/1.1 408 [\s\S]*"code":"request_timeout"/)
    expect(took).toBeGreaterThan(seconds - 1)
    expect(took).toBeLessThan(seconds + 5)
  },
)
