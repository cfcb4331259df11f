import { expect, test } from 'vitest'
import { toCsv } from './csv.ts'

const cell = (value: unknown) => toCsv(['a'], [{ a: value }]).slice('a\r\n'.length, -'\r\n'.length)

test('a row is a line, in the order of the columns, and nothing is an empty cell', () => {
  expect(toCsv(['a', 'b'], [{ b: 2, a: 'x' }, { a: null }])).toBe('a,b\r\nx,2\r\n,\r\n')
})

test.each([
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "no"', '"say ""no"""'],
  ['two\nlines', '"two\nlines"'],
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@A1', "'@A1"],
  ['\t=1', "'\t=1"],
  ['\r=1', '"\'\r=1"'],
  ['=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'],
  [-1, '-1'],
  [0.5, '0.5'],
  ['שלום 🐈', 'שלום 🐈'],
])('%j becomes %s', (value, expected) => {
  expect(cell(value)).toBe(expected)
})
