import { test } from 'vitest'
import { fuzzBodies } from '../support/fuzz.ts'

test('twelve thousand hostile bodies are stored or refused, and nothing else happens', async () => {
  await fuzzBodies(12_000)
})
