import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { clientAddress } from './client-address.ts'

async function addressIn(env: unknown): Promise<string | null> {
  const app = new Hono().get('/', (c) => c.json(clientAddress(c)))
  return (await app.request('/', undefined, env as object)).json()
}

const from = (remoteAddress?: string) => addressIn({ incoming: { socket: { remoteAddress } } })

test('it is the socket’s, and IPv4 looks the same on a socket for both families', async () => {
  expect(await from('203.0.113.7')).toBe('203.0.113.7')
  expect(await from('::ffff:203.0.113.7')).toBe('203.0.113.7')
  expect(await from('2001:db8::ffff:7')).toBe('2001:db8::ffff:7')
})

test('it is not known where the socket is gone, or the server is another than Node’s', async () => {
  expect(await from()).toBeNull()
  expect(await addressIn({})).toBeNull()
  expect(await addressIn(undefined)).toBeNull()
})
