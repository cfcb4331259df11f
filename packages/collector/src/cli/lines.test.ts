import fc from 'fast-check'
import { expect, test } from 'vitest'
import { linesOf } from './lines.ts'

async function* each(pieces: readonly string[]) {
  yield* pieces
}

async function linesIn(pieces: readonly string[]): Promise<string[]> {
  const lines: string[] = []
  for await (const line of linesOf(each(pieces))) lines.push(line)
  return lines
}

test('lines of JSON come back whole, whatever stands in them and wherever the pieces end', async () => {
  const separators = fc.constantFrom('\u2028', '\u2029', '\u0085', '\r', '\n', '\v')
  const someText = fc.array(fc.oneof(fc.string(), separators)).map((parts) => parts.join(''))
  await fc.assert(
    fc.asyncProperty(fc.array(someText), fc.array(fc.nat({ max: 200 })), async (texts, cuts) => {
      const lines = texts.map((text) => JSON.stringify(text))
      const whole = lines.map((line) => `${line}\n`).join('')
      const edges = [0, ...cuts.filter((cut) => cut < whole.length).toSorted((a, b) => a - b), whole.length]
      const pieces = edges.slice(1).map((edge, n) => whole.slice(edges[n], edge))
      expect(await linesIn(pieces)).toEqual(lines)
    }),
  )
})

test('the last line needs no line feed', async () => {
  expect(await linesIn(['a\nb', 'c'])).toEqual(['a', 'bc'])
  expect(await linesIn([])).toEqual([])
})
