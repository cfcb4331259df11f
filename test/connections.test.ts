import { createConnection, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { tempFolder } from '../packages/collector/src/testing/temp-folder.ts'
import { ask, memoryMb, startCollector } from './support/collector-process.ts'

vi.setConfig({ testTimeout: 60_000 })

const key = 'tm_pub_the-key-of-connections'
const start = () => startCollector(join(tempFolder(), 'events.db'), ['--write-key', key])

/** Sends bytes as they are; answers what came back when the collector has closed the connection. */
async function raw(url: string, bytes: string): Promise<string> {
  const socket = open(url)
  socket.write(bytes)
  let answer = ''
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer += text
  })
  await new Promise((resolve) => socket.once('close', resolve))
  return answer
}

function open(url: string): Socket {
  const { hostname, port } = new URL(url)
  const socket = createConnection({ host: hostname, port: Number(port), noDelay: true })
  socket.on('error', () => {})
  socket.resume()
  onTestFinished(() => void socket.destroy())
  return socket
}

const codeOf = (answer: string) => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)).code

test('what is no HTTP request is answered with a problem document', async () => {
  const { url } = await start()
  const requests: [what: string, bytes: string, status: number, code: string][] = [
    ['a malformed request line', 'GET nowhere\r\n\r\n', 400, 'invalid_request'],
    ['another protocol', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400, 'invalid_request'],
    [
      'two lengths',
      'POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}',
      400,
      'invalid_request',
    ],
    [
      'a length and chunks',
      'POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
      'invalid_request',
    ],
    ['a line feed in a header', 'GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\n\x00b\r\n\r\n', 400, 'invalid_request'],
    [
      'a header without end',
      `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(300_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
    [
      'a host that is none',
      'GET /healthz HTTP/1.1\r\nHost: a b/c\r\nConnection: close\r\n\r\n',
      400,
      'invalid_request',
    ],
  ]
  for (const [what, bytes, status, code] of requests) {
    const answer = await raw(url, bytes)
    expect([what, answer.slice(0, 13), codeOf(answer)]).toEqual([what, `HTTP/1.1 ${status} `, code])
    expect(answer).toContain('application/problem+json')
    expect(answer).toMatch(/\r\nX-Request-Id: [0-9a-f-]{36}\r\n/i)
  }
  expect((await ask(`${url}/healthz`, '')).status).toBe(200)
  const metrics = String((await ask(`${url}/metrics`, '')).body)
  expect(metrics).toContain('tallymark_requests_total{route="none",status="431"} 1\n')
  expect(metrics).toContain('tallymark_requests_total{route="none",status="400"} 6\n')
})

test('requests that do not wait for each other are all answered, and so is what spoils them', async () => {
  const { url } = await start()
  const healthz = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'
  const answers = (await raw(url, `${healthz.repeat(3)}GET nowhere\r\n\r\n`)).match(/HTTP\/1.1 \d+/g)
  expect(answers?.slice(0, 3)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 200'])
  expect(answers?.slice(3)).toEqual(['HTTP/1.1 400'])
})

describe('a body', () => {
  const head = (more: string) =>
    `POST /v1/track?key=${key} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nConnection: close\r\n${more}\r\n\r\n`
  const event = '{"eventType":"save","entityType":"page","entityId":"home"}'

  test('may come in chunks', async () => {
    const { url } = await start()
    const chunks = [...event].map((byte) => `1\r\n${byte}\r\n`).join('')
    expect(await raw(url, `${head('Transfer-Encoding: chunked')}${chunks}0\r\n\r\n`)).toMatch(/^HTTP\/1.1 201 /)
  })

  test('in chunks is refused when it grows too large', async () => {
    const { url } = await start()
    const answer = await raw(url, `${head('Transfer-Encoding: chunked')}ffff0\r\n${'x'.repeat(0xffff0)}\r\n0\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1.1 413 /)
    expect(codeOf(answer)).toBe('body_too_large')
  })

  test('in thousands of pieces is refused, for each costs time', async () => {
    const { url } = await start()
    const answer = await raw(url, `${head('Transfer-Encoding: chunked')}${'1\r\n \r\n'.repeat(5000)}0\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1.1 400 /)
    expect(codeOf(answer)).toBe('invalid_request')
  })
})

test('half-sent bodies and heads of hundreds of connections are cut for those who send theirs', async () => {
  const { url, pid } = await start()
  const head = `POST /v1/track?key=${key} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 524288\r\n\r\n`
  const half = Buffer.concat([Buffer.from(head), Buffer.alloc(500 * 1024, ' ')])
  const halfHead = Buffer.from(`GET /v1/counts?${'a'.repeat(200 * 1024)}`)
  let [bodies, heads] = [0, 0]
  for (let n = 0; n < 400; n++)
    open(url)
      .on('close', () => bodies++)
      .write(half)
  for (let n = 0; n < 200; n++)
    open(url)
      .on('close', () => heads++)
      .write(halfHead)
  await vi.waitFor(() => expect([bodies > 300, heads > 80]).toEqual([true, true]), { timeout: 30_000 })
  const save = { eventType: 'save', entityType: 'page', entityId: 'home' }
  expect((await ask(`${url}/v1/track`, key, { method: 'POST', body: save })).status).toBe(201)
  expect(memoryMb(pid).peak).toBeLessThan(400)
})
