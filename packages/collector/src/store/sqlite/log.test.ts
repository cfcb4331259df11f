import fc from 'fast-check'
import { expect, test } from 'vitest'
import { uuidBytes } from './log.ts'

test('a UUID is 16 bytes, in whichever case it is written', () => {
  const uuid = fc.uuid().chain((text) => fc.constantFrom(text, text.toUpperCase()))
  fc.assert(
    fc.property(uuid, (text) => expect(uuidBytes(text).toString('hex')).toBe(text.replaceAll('-', '').toLowerCase())),
  )
})
