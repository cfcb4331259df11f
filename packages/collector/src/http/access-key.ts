import type { Context } from 'hono'
import { keyPrefixes } from '../keys/key.ts'
import { type KeyRing, keyAllowsOrigin } from '../keys/key-ring.ts'
import type { KeyKind, StoredKey } from '../store/store.ts'
import { HttpProblem } from './http-problem.ts'

/**
 * Finds the request's key and checks that it is in force, may do this, and may be used from the page's origin.
 *
 * @throws {HttpProblem} `missing_key`, `invalid_key`, `revoked_key`, `key_in_url`, `forbidden`, `origin_not_allowed`
 */
export async function requireKey(c: Context, ring: KeyRing, kinds: readonly KeyKind[]): Promise<StoredKey> {
  const sent = readKey(c)
  if (!sent) {
    throw new HttpProblem(
      'missing_key',
      `send a key: Authorization: Bearer ${keyPrefixes.write}…, or ?key= for a write key`,
    )
  }
  const { text, inUrl } = sent
  const key = await ring.find(text)
  const mustNotBeInUrl = key
    ? key.kind !== 'write'
    : [keyPrefixes.secret, keyPrefixes.admin].some((prefix) => text.startsWith(prefix))
  if (inUrl && mustNotBeInUrl) {
    throw new HttpProblem(
      'key_in_url',
      'only a write key may stand in a URL: send this one in the Authorization header',
    )
  }
  if (!key) throw new HttpProblem('invalid_key', 'nobody knows this key: compare it with the one the collector printed')
  if (ring.isRevoked(key)) throw new HttpProblem('revoked_key', 'this key was revoked: use the one that replaced it')
  if (!kinds.includes(key.kind)) {
    throw new HttpProblem('forbidden', `a ${key.kind} key may not do this, only ${kinds.join(' or ')} keys may`)
  }
  const origin = c.req.header('origin')
  if (origin !== undefined && !keyAllowsOrigin(key, origin)) {
    throw new HttpProblem(
      'origin_not_allowed',
      'this key may not be used from this origin: add it to the key’s origins',
    )
  }
  return key
}

/** As who a request reads: `page` has what anybody may read. */
type Reader = 'page' | 'server'

/**
 * Finds out as who a request reads what is public.
 *
 * @param isOpen whether it may come without a key; one that does come is checked
 * @throws {HttpProblem} as {@link requireKey}
 */
export async function requireReader(
  c: Context,
  ring: KeyRing,
  kinds: readonly KeyKind[],
  isOpen: boolean,
): Promise<Reader> {
  if (isOpen && !readKey(c)) return 'page'
  const { kind } = await requireKey(c, ring, kinds)
  return kind === 'write' ? 'page' : 'server'
}

interface SentKey {
  text: string
  inUrl: boolean
}

/** From `Authorization: Bearer`, the user name of Basic, or `?key=`; undefined where there is none. */
function readKey(c: Context): SentKey | undefined {
  const [scheme = '', credentials = ''] = c.req.header('authorization')?.split(' ', 2) ?? []
  if (/^bearer$/i.test(scheme) && credentials) return { text: credentials, inUrl: false }
  if (/^basic$/i.test(scheme) && credentials) {
    const [user = ''] = Buffer.from(credentials, 'base64').toString().split(':', 1)
    if (user) return { text: user, inUrl: false }
  }
  const text = c.req.query('key')
  return text ? { text, inUrl: true } : undefined
}
