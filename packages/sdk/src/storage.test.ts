import { beforeEach, expect, test } from 'vitest'
import { openStorage } from './storage.ts'

beforeEach(() => localStorage.clear())

test('keeps values across pages', () => {
  openStorage().write('k', 'v')
  expect(openStorage().read('k')).toBe('v')
  openStorage().remove('k')
  expect(openStorage().read('k')).toBeNull()
})

test('keeps values for the page where the user denied storage', () => {
  const storage = openStorage(() => {
    throw new DOMException('denied', 'SecurityError')
  })
  expect(storage.read('k')).toBeNull()
  storage.write('k', 'v')
  expect(storage.read('k')).toBe('v')
  storage.remove('k')
  expect(storage.read('k')).toBeNull()
})

test('a full storage does not bring an old value back', () => {
  const full = { getItem: () => 'old', setItem: () => {}, removeItem: () => {} } as unknown as Storage
  full.setItem = () => {
    throw new DOMException('full', 'QuotaExceededError')
  }
  const storage = openStorage(() => full)
  storage.write('k', 'new')
  expect(storage.read('k')).toBe('new')
})
