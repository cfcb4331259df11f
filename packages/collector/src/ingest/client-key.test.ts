import { expect, test } from 'vitest'
import { clientKeys, networkOf } from './client-key.ts'

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0db8:0001:0002::', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['2001:db8::1:2:3:4:5', '2001:db8:0:1'],
  ['::1', '0:0:0:0'],
  ['::', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
])('the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

test('a client has one name for the day, and the next day another', () => {
  const clock = { now: 0 }
  let asked = 0
  const hmac = (...texts: readonly string[]) => {
    asked++
    return Buffer.from(`${texts.join(' ')} ${Math.floor(clock.now / 86_400_000)}`.padEnd(32).slice(-8))
  }
  const keyOf = clientKeys({ hmac }, () => clock.now)
  const first = keyOf('203.0.113.7')
  expect(first).toMatch(/^[0-9a-f]{16}$/)
  expect([keyOf('203.0.113.7'), asked]).toEqual([first, 1])
  expect(keyOf('2001:db8::1')).toBe(keyOf('2001:db8::2'))
  clock.now += 86_400_000
  keyOf('203.0.113.7')
  expect(asked).toBe(3)
})
