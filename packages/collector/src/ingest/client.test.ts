import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { geoDatabase } from '../testing/geo-database.ts'
import { tempFolder } from '../testing/temp-folder.ts'
import { AddressRanges } from './address-ranges.ts'
import { type ClientSigns, clientReader } from './client.ts'
import { DailySecret } from './daily-secret.ts'
import { Places } from './places.ts'

const signs: ClientSigns = {
  address: '203.0.113.7',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  brands: '',
  platform: '',
  mobile: '',
  site: 'https://shop.example',
}

function reader() {
  const dailySecret = new DailySecret(join(tempFolder(), 'secret'), Date.now, () => undefined)
  const places = new Places(geoDatabase([{ range: '203.0.113.0/24', data: { country: { iso_code: 'US' } } }]))
  const datacenters = new AddressRanges('203.0.113.128/25')
  const find = vi.spyOn(places, 'find')
  const hmac = vi.spyOn(dailySecret, 'hmac')
  const onError = vi.fn()
  return { read: clientReader({ places, datacenters, dailySecret, onError }), find, hmac, dailySecret, onError }
}

test('a browser is told by what it runs and where it is', () => {
  const { read } = reader()
  expect(read(signs)).toMatchObject({
    agent: { json: '{"browser":"Firefox","os":"Linux","device":"desktop"}', isBot: false },
    country: 'US',
    region: null,
    inDatacenter: false,
  })
  expect(read({ ...signs, address: '203.0.113.200' })).toMatchObject({ country: 'US', inDatacenter: true })
  expect(read({ ...signs, address: null })).toMatchObject({ country: null, inDatacenter: false })
})

test('an address is looked up once', () => {
  const { read, find } = reader()
  read(signs)
  read({ ...signs, userAgent: 'another' })
  expect(find).toHaveBeenCalledTimes(1)
})

test('without a database and a list an address is nowhere', () => {
  const { dailySecret, onError } = reader()
  const read = clientReader({ places: undefined, datacenters: undefined, dailySecret, onError })
  expect(read(signs)).toMatchObject({ country: null, region: null, inDatacenter: false })
})

test('a damaged database of places is told of, and costs nobody an event', () => {
  const { read, find, onError } = reader()
  const damage = new Error('an unknown type')
  find.mockImplementation(() => {
    throw damage
  })
  expect(read({ ...signs, address: '203.0.113.200' })).toMatchObject({ country: null, inDatacenter: true })
  expect(onError).toHaveBeenCalledExactlyOnceWith(damage)
})

test('who it is for the day is told by address, user agent and site together', () => {
  const { read } = reader()
  const viewer = (other: Partial<ClientSigns> = {}) => read({ ...signs, ...other }).dayViewer
  expect(viewer()).toMatch(/^[0-9a-f]{16}$/)
  expect(viewer()).toBe(viewer())
  const others = [{ address: '203.0.113.8' }, { userAgent: 'another' }, { site: 'https://blog.example' }].map(viewer)
  expect(new Set([viewer(), ...others]).size).toBe(4)
  expect(viewer({ address: null })).toBeNull()
})

test('it is computed where it is asked for, and once', () => {
  const { read, hmac } = reader()
  const client = read(signs)
  expect(hmac).not.toHaveBeenCalled()
  expect(client.dayViewer).toBe(client.dayViewer)
  expect(hmac).toHaveBeenCalledTimes(1)
})
