import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AddressRanges } from './address-ranges.ts'

describe('address ranges', () => {
  const ranges = new AddressRanges(`
    # a datacenter
    203.0.113.0/24
    203.0.113.128/25   # lies within the first
    198.51.100.7
    2001:db8:1::/48
    ::ffff:192.0.2.0/120
  `)

  test.each([
    '203.0.113.0',
    '203.0.113.127',
    '203.0.113.128',
    '203.0.113.255',
    '198.51.100.7',
    '2001:db8:1::',
    '2001:db8:1:ffff:ffff:ffff:ffff:ffff',
    '2001:DB8:1::5',
    '192.0.2.200',
    '::ffff:203.0.113.5',
  ])('have %s', (address) => {
    expect(ranges.has(address)).toBe(true)
  })

  test.each([
    '203.0.112.255',
    '203.0.114.0',
    '198.51.100.8',
    '2001:db8:0:ffff::',
    '2001:db8:2::',
    '::',
    'nonsense',
    '',
  ])('do not have %s', (address) => {
    expect(ranges.has(address)).toBe(false)
  })

  test('of an empty list have nothing', () => {
    expect(new AddressRanges('\n# none\n').has('203.0.113.1')).toBe(false)
  })

  test.each([
    ['203.0.113.0/33', 1],
    ['203.0.113.0/24\n203.0.113\n', 2],
    ['\n\nexample.com', 3],
    ['203.0.113.0-203.0.113.9', 1],
  ])('refuse %j, naming line %i', (text, line) => {
    expect(() => new AddressRanges(text)).toThrow(`line ${line}: `)
  })

  test('agree with a look at every range, however many overlap', () => {
    const address = fc.array(fc.constantFrom(0, 1, 127, 128, 255), { minLength: 4, maxLength: 4 })
    const range = fc.record({ bytes: address, length: fc.integer({ min: 0, max: 32 }) })
    const toNumber = (bytes: readonly number[]) => bytes.reduce((sum, byte) => sum * 256 + byte, 0)
    const covers = ({ bytes, length }: { bytes: number[]; length: number }, other: readonly number[]) =>
      Math.floor(toNumber(bytes) / 2 ** (32 - length)) === Math.floor(toNumber(other) / 2 ** (32 - length))
    fc.assert(
      fc.property(fc.array(range, { maxLength: 30 }), fc.array(address, { maxLength: 20 }), (list, asked) => {
        const text = list.map(({ bytes, length }) => `${bytes.join('.')}/${length}`).join('\n')
        const searched = new AddressRanges(text)
        for (const bytes of asked) {
          expect(searched.has(bytes.join('.'))).toBe(list.some((each) => covers(each, bytes)))
        }
      }),
    )
  })
})
