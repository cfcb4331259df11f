import type { MiddlewareHandler } from 'hono'
import type { ClientKeys } from '../ingest/client-key.ts'
import { clientAddress } from './client-address.ts'
import { HttpProblem } from './http-problem.ts'
import type { Rates } from './rates.ts'

/**
 * Charges a client for every key that nobody knows. Whoever has guessed too often is refused before the next key is
 * looked at, so that it learns nothing of it.
 */
export function limitGuesses(rates: Rates, clientKeys: ClientKeys): MiddlewareHandler {
  return async (c, next) => {
    const address = clientAddress(c)
    if (address === null) return next()
    const client = clientKeys(address)
    rates.refuseGuesser(client)
    await next()
    if (c.error instanceof HttpProblem && c.error.problem.code === 'invalid_key') rates.chargeGuess(client)
  }
}
