import fc from 'fast-check'
import { expect, test } from 'vitest'
import { uuidBytes } from './uuid.ts'

test('a UUID is 16 bytes, in whichever case it is written', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.boolean(), (uuid, isUpper) => {
      const bytes = uuidBytes(isUpper ? uuid.toUpperCase() : uuid)
      expect(bytes.toString('hex')).toBe(uuid.replaceAll('-', ''))
    }),
  )
})
