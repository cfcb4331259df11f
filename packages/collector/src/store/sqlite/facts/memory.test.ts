import { expect, test } from 'vitest'
import { lend, lending } from './memory.ts'

const mebibyte = 1024 * 1024

test('what is lent to a read is there until it is answered', () => {
  let words = new Uint32Array()
  const sum = lending(() => {
    words = lend(new Uint32Array(2000).fill(1))
    return words.reduce((all, each) => all + each)
  })
  expect(sum).toBe(2000)
  expect(words.buffer.detached).toBe(true)
})

test('a read that fails gives back what it had', () => {
  let words = new Uint32Array()
  const fail = () => {
    words = lend(new Uint32Array(2000))
    throw new Error('damaged')
  }
  expect(() => lending(fail)).toThrow('damaged')
  expect(words.buffer.detached).toBe(true)
  const later = lend(new Uint32Array(2000))
  expect(later).toHaveLength(2000)
  expect(lending(() => later.length)).toBe(2000)
})

test('what shares its memory with others, and what is small, is left alone', () => {
  const whole = new Uint8Array(2 * mebibyte)
  const part = Buffer.from(whole.buffer, 0, mebibyte)
  const small = Buffer.from('a few bytes')
  lending(() => [part, small].map(lend))
  expect([part.length, small.toString()]).toEqual([mebibyte, 'a few bytes'])
})

test('a read that takes much has it tidied up as it goes', () => {
  const all: Uint8Array[] = []
  lending(() => {
    for (let n = 0; n < 80; n++) all.push(lend(new Uint8Array(mebibyte)))
  })
  expect(all.filter(({ byteLength }) => byteLength === 0)).toHaveLength(64)
})
