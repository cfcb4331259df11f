import { test } from 'vitest'
import { fuzzBodies } from './support/fuzz.ts'

test('a thousand hostile bodies are stored or refused, and nothing else happens', async () => {
  await fuzzBodies(1000)
})
