import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rowsToText, tableHead } from './row-text.ts'

const toCsv = (columns: readonly string[], rows: readonly object[]) =>
  tableHead(columns, 'csv') + rowsToText(rows, columns, 'csv')

test('any text comes back from CSV as it was, but that a formula stands behind an apostrophe', () => {
  const someText = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', '\t', '=', '@', ' ', 'é', '🎈', 'שלום') }),
  )
  fc.assert(
    fc.property(fc.array(fc.record({ 'a "b"': someText, c: someText }), { minLength: 1 }), (rows) => {
      const asRead = (text: string) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)
      const parsed = parse(toCsv(['a "b"', 'c'], rows), { columns: true, record_delimiter: '\r\n' })
      expect(parsed).toEqual(rows.map((row) => ({ 'a "b"': asRead(row['a "b"']), c: asRead(row.c) })))
    }),
  )
})

test('numbers are left alone, nothing is an empty cell, and what is made of several stands as JSON', () => {
  const rows = [{ a: -1.5, b: null, c: ['-1', 2], d: true, e: undefined }]
  expect(toCsv(['a', 'b', 'c', 'd', 'e'], rows)).toBe('a,b,c,d,e\r\n-1.5,,"[""-1"",2]",true,\r\n')
})

test('lines of JSON have no head', () => {
  expect(tableHead(['a'], 'ndjson') + rowsToText([{ a: '=1\n' }], ['a'], 'ndjson')).toBe('{"a":"=1\\n"}\n')
})
