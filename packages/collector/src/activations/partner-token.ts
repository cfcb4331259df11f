import { randomBytes, timingSafeEqual } from 'node:crypto'
import { hashKey } from '../keys/key.ts'

/** A new token for a partner's report: 192 random bits. It stands in a link, and only its hash is kept. */
export function makePartnerToken(): { token: string; tokenHash: string } {
  const token = `tm_act_${randomBytes(24).toString('base64url')}`
  return { token, tokenHash: hashKey(token) }
}

/** Of no token: to compare with where there is nothing. */
const hashOfNothing = '0'.repeat(64)

/**
 * Whether a token is the one that was hashed. It takes as long where there is no hash, so that nobody can tell by the
 * time.
 */
export function isPartnerToken(token: string, tokenHash = hashOfNothing): boolean {
  return timingSafeEqual(Buffer.from(hashKey(token)), Buffer.from(tokenHash))
}
