import type { Context } from 'hono'
import { InvalidUserToken, type UserTokenVerifier } from '../ingest/user-token.ts'
import type { Actor } from '../store/store.ts'
import { HttpProblem } from './http-problem.ts'

/**
 * Who acts, by the user token in `X-User-Token`, else by the one in the body; null where there is none.
 *
 * @throws {HttpProblem} `invalid_user_token` or `user_token_unsupported`
 */
export async function readActor(
  c: Context,
  verify: UserTokenVerifier | undefined,
  inBody?: string,
): Promise<Actor | null> {
  const token = c.req.header('x-user-token') ?? inBody
  if (token === undefined) return null
  if (!verify) {
    const detail = 'this collector has no --user-token-secret, so it cannot know who the user is'
    throw new HttpProblem('user_token_unsupported', detail)
  }
  try {
    return await verify(token)
  } catch (error) {
    if (error instanceof InvalidUserToken) throw new HttpProblem('invalid_user_token', error.message)
    throw error
  }
}
