/** Somebody signed in: who they are, and the token that proves it. */
export interface User {
  sub: string
  token: string
}

/** What `identify` takes beside the token. */
export interface IdentifyOptions {
  /** Fetches a fresh token when the one at hand has expired or was refused. Asked once a minute at most. */
  refresh?(): Promise<string>
}

/**
 * Reads whose token it is, without verifying it: only the collector can, and it does. Undefined when the token is not
 * a JWT with a `sub`. Letters beyond ASCII come out garbled, and always alike: the name is for comparing only.
 */
export function readUserToken(token: string): User | undefined {
  try {
    const payload = (token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/')
    const { sub } = JSON.parse(atob(payload))
    return sub ? { sub: String(sub), token } : undefined
  } catch {
    return undefined
  }
}
