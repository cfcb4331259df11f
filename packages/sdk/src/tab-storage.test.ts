import { afterEach, expect, test, vi } from 'vitest'
import { clearTabStorage } from './tab-storage.ts'

afterEach(() => vi.unstubAllGlobals())

test('removes what is ours, and nothing of the page', () => {
  sessionStorage.setItem('tallymark.exposure ["button"]', '1')
  sessionStorage.setItem('cart', '1')
  clearTabStorage()
  expect(Object.keys(sessionStorage)).toEqual(['cart'])
})

test('minds nothing where storage is denied', () => {
  vi.stubGlobal('sessionStorage', undefined)
  clearTabStorage()
})
