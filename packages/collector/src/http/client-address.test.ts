import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { clientAddress, trustProxies } from './client-address.ts'

/** The address that a request is taken to come from. */
function addressOf(headers: Record<string, string>, { proxies = 0, socket = '10.0.0.1' } = {}) {
  return addressIn({ incoming: { socket: { remoteAddress: socket } } }, headers, proxies)
}

async function addressIn(env: object | undefined, headers: Record<string, string> = {}, proxies = 0) {
  const app = new Hono()
  if (proxies > 0) app.use(trustProxies(proxies))
  app.get('/', (c) => c.text(clientAddress(c) ?? 'nobody knows'))
  return (await app.request('/', { headers }, env)).text()
}

describe('the address of a client', () => {
  test('is the socket’s, and what headers say is nothing that anybody believes', async () => {
    expect(await addressOf({ 'x-forwarded-for': '203.0.113.7', forwarded: 'for=203.0.113.7' })).toBe('10.0.0.1')
  })

  test('looks the same for IPv4 on a socket of both families', async () => {
    expect(await addressOf({}, { socket: '::ffff:10.0.0.1' })).toBe('10.0.0.1')
    expect(await addressOf({}, { socket: '2001:db8::ffff:7' })).toBe('2001:db8::ffff:7')
  })

  test('is not known where the socket is gone, or the server is another than Node’s', async () => {
    expect(await addressIn({ incoming: { socket: {} } })).toBe('nobody knows')
    expect(await addressIn({})).toBe('nobody knows')
    expect(await addressIn(undefined)).toBe('nobody knows')
  })

  test.each([
    ['the only one', 1, '203.0.113.7', '203.0.113.7'],
    ['the last, for whatever stands before it the client wrote', 1, '6.6.6.6, 203.0.113.7', '203.0.113.7'],
    ['that before the last, behind two proxies', 2, '6.6.6.6, 203.0.113.7, 10.0.0.2', '203.0.113.7'],
    ['with a port', 1, '203.0.113.7:4711', '203.0.113.7'],
    ['of version 6', 1, '2001:db8::1', '2001:db8::1'],
    ['of version 6, with a port', 1, '[2001:db8::1]:4711', '2001:db8::1'],
    ['of version 4 in one of version 6', 1, '::ffff:203.0.113.7', '203.0.113.7'],
    ['the socket’s, where there are fewer than proxies', 2, '203.0.113.7', '10.0.0.1'],
    ['the socket’s, where there is a text that is none', 1, 'unknown', '10.0.0.1'],
    ['the socket’s, where there is nothing', 1, '', '10.0.0.1'],
  ])('is, of those that proxies forward, %s', async (_, proxies, forwarded, expected) => {
    expect(await addressOf({ 'x-forwarded-for': forwarded }, { proxies })).toBe(expected)
  })

  test.each([
    ['for=203.0.113.7', '203.0.113.7'],
    ['for=6.6.6.6;proto=http, for="203.0.113.7:4711";proto=https', '203.0.113.7'],
    ['proto=https;For="[2001:db8::1]:4711"', '2001:db8::1'],
    ['for=_hidden', '10.0.0.1'],
    ['proto=https', '10.0.0.1'],
  ])('is read from Forwarded: %s', async (forwarded, expected) => {
    expect(await addressOf({ forwarded }, { proxies: 1 })).toBe(expected)
  })
})
