import { limits, propsSchema } from '@tallymark/schemas'
import { errors, jwtVerify } from 'jose'
import { z } from 'zod'
import type { Actor } from '../store/store.ts'

const claimsSchema = z.object({
  sub: z.string().min(1).max(200),
  role: z.string().min(1).max(64).optional(),
  traits: propsSchema.optional(),
})

/** A user token that does not hold. The message is for the client. */
export class InvalidUserToken extends Error {
  override name = 'InvalidUserToken'
}

/** Reads who acts from a user token. */
export type UserTokenVerifier = (token: string) => Promise<Actor>

/**
 * Verifies JWTs that the product's own server signs for its users: HS256, with `sub` and `exp`, optionally `role`
 * and `traits`.
 */
export function userTokenVerifier(secret: string, now: () => number): UserTokenVerifier {
  const key = new TextEncoder().encode(secret)
  return async (token) => {
    if (token.length > limits.maxUserTokenLength) {
      throw new InvalidUserToken(
        `the user token is longer than ${limits.maxUserTokenLength} characters: leave traits out`,
      )
    }
    const claims = await verify(token, key, now())
    const parsed = claimsSchema.safeParse(claims)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      throw new InvalidUserToken(`the user token's claim '${issue?.path.join('.')}' does not have the expected form`)
    }
    const { sub, role, traits } = parsed.data
    return { id: sub, type: role ?? null, traits: traits ? JSON.stringify(traits) : null }
  }
}

async function verify(token: string, key: Uint8Array, now: number) {
  try {
    const options = { algorithms: ['HS256'], requiredClaims: ['sub', 'exp'], currentDate: new Date(now) }
    return (await jwtVerify(token, key, options)).payload
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error
    if (error instanceof errors.JWTExpired) throw new InvalidUserToken('the user token has expired: sign a new one')
    if (error instanceof errors.JWTClaimValidationFailed) {
      throw new InvalidUserToken(`the user token's claim '${error.claim}' is missing or does not hold`)
    }
    throw new InvalidUserToken(
      'the user token is not a JWT that was signed with HS256 and the secret of this collector',
    )
  }
}
