import { expect, test } from 'vitest'
import { geoDatabase } from '../testing/geo-database.ts'
import { Places } from './places.ts'

const places = new Places(
  geoDatabase([
    { range: '203.0.113.0/25', data: { country: { iso_code: 'US' }, subdivisions: [{ iso_code: 'CA' }] } },
    { range: '203.0.113.128/25', data: { country: { iso_code: 'DE' } } },
    { range: '198.51.100.0/24', data: { country_code: 'FR' } },
    { range: '192.0.2.0/28', data: { country: { names: { en: 'Nowhere' } }, subdivisions: 'CA' } },
    { range: '192.0.2.16/28', data: { subdivisions: [{ iso_code: 'CA' }] } },
    { range: '192.0.2.32/28', data: { country: { iso_code: 'Germany' }, country_code: 7 } },
  ]),
)

test.each([
  ['203.0.113.7', 'US', 'CA'],
  ['203.0.113.200', 'DE', null],
  ['198.51.100.1', 'FR', null],
])('%s is in %s, region %s', (address, country, region) => {
  expect(places.find(address)).toEqual({ country, region })
})

test.each([
  ['an address that the database does not have', '8.8.8.8'],
  ['IPv6 where it does not have any', '2001:db8::1'],
  ['a place without a code', '192.0.2.1'],
  ['a region without a country', '192.0.2.17'],
  ['what stands in the place of a code and is none', '192.0.2.33'],
  ['what is no address', 'somewhere'],
])('%s is nowhere', (_, address) => {
  expect(places.find(address)).toEqual({ country: null, region: null })
})

test.each([
  ['nothing', ''],
  ['text', 'country,code\n'],
  ['zeros', '\0'.repeat(5000)],
])('%s is no database of places', (_, text) => {
  expect(() => new Places(Buffer.from(text))).toThrow('is no database in MaxMind’s format')
})

test('in a database of IPv4 alone, IPv6 is nowhere', () => {
  const ipv4 = new Places(geoDatabase([{ range: '32.0.0.0/3', data: { country_code: 'FR' } }], 4))
  expect(ipv4.find('32.1.13.184').country).toBe('FR')
  // Its first bits are those of the address above.
  expect(ipv4.find('2001:db8::1').country).toBeNull()
})
