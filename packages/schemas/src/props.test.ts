import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as limits from './limits.ts'
import { checkProps, fitsBytes } from './props.ts'

const nested = (levels: number): object => (levels === 1 ? {} : { inside: nested(levels - 1) })
/** Props of exactly so many bytes as JSON. */
const ofBytes = (bytes: number, letter = 'a') => {
  const frame = JSON.stringify({ text: '' }).length
  const letterBytes = Buffer.byteLength(letter)
  return { text: letter.repeat((bytes - frame) / letterBytes) }
}

test.each([null, undefined, 'text', 7, true, []])('%j cannot be props', (value) => {
  expect(checkProps(value)?.code).toBe('invalid_type')
})

test('props may be empty', () => {
  expect(checkProps({})).toBeUndefined()
})

test('props may be six levels deep and no deeper', () => {
  expect(checkProps(nested(limits.maxPropsDepth))).toBeUndefined()
  expect(checkProps(nested(limits.maxPropsDepth + 1))?.message).toBe('must not be nested deeper than 6 levels')
})

test('arrays are levels, too', () => {
  expect(checkProps({ a: [[[[['deep']]]]] })).toBeUndefined()
  expect(checkProps({ a: [[[[[['deeper']]]]]] })?.code).toBe('too_big')
})

test('depth is looked at before anything walks to the bottom', () => {
  const bottomless: { inside?: object } = {}
  bottomless.inside = bottomless
  expect(checkProps(bottomless)?.message).toContain('nested')
})

test('props may be 8 KiB as JSON and no larger', () => {
  expect(checkProps(ofBytes(limits.maxPropsBytes))).toBeUndefined()
  expect(checkProps(ofBytes(limits.maxPropsBytes + 1))?.message).toBe('must be at most 8192 bytes as JSON')
})

test.each([
  ['é', 2],
  ['日', 3],
  ['😀', 4],
])('%s counts as %i bytes', (letter, bytes) => {
  const frame = JSON.stringify({ text: '' }).length
  const fitting = ofBytes(frame + bytes * Math.floor((limits.maxPropsBytes - frame) / bytes), letter)
  expect(checkProps(fitting)).toBeUndefined()
  expect(checkProps({ text: fitting.text + letter })?.code).toBe('too_big')
})

test('fitsBytes agrees with the length of the encoded JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(200), (value, maxBytes) => {
      expect(fitsBytes(value, maxBytes)).toBe(Buffer.byteLength(JSON.stringify(value)) <= maxBytes)
    }),
  )
})

test('any JSON object of few levels and few bytes can be props', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }), (props) => {
      fc.pre(JSON.stringify(props).length * 3 <= limits.maxPropsBytes)
      expect(checkProps(props)).toBeUndefined()
    }),
  )
})

test('a value too deep to be written as JSON does not fit, and does not throw', () => {
  const deep = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000))
  expect(fitsBytes(deep, 1_000_000)).toBe(false)
  expect(checkProps({ deep })?.code).toBe('too_big')
})

test('a number that JSON cannot write is refused, wherever it stands', () => {
  expect(checkProps(JSON.parse('{"x":[{"y":1e999}]}'))?.message).toMatch(/too large to be written/)
  expect(checkProps({ x: [{ y: 1e308 }] })).toBeUndefined()
})
