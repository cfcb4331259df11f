import { isIP } from 'node:net'
import type { Context, MiddlewareHandler } from 'hono'

/** What Node's adapter for Hono hands over beside the request. */
interface NodeBindings {
  incoming?: { socket?: { remoteAddress?: string | undefined } }
}

/** Under this name a request knows how many proxies stand in front of the collector. */
const proxies = 'proxies'

/**
 * Believes so many proxies in front of the collector. Each appends the address that it was asked from, so the client's
 * stands as many places from the right; what stands before it, anybody may have written.
 */
export function trustProxies(count: number): MiddlewareHandler {
  return (c, next) => {
    c.set(proxies, count)
    return next()
  }
}

/** The address that the request came from; null where the server does not tell. IPv4 looks the same on every socket. */
export function clientAddress(c: Context): string | null {
  const count = (c.get(proxies) as number | undefined) ?? 0
  const forwarded = count > 0 ? forwardedFor(c).at(-count) : undefined
  const { incoming } = (c.env ?? {}) as NodeBindings
  const address = readAddress(forwarded) ?? incoming?.socket?.remoteAddress
  return address?.replace(/^::ffff:(?=\d+\.)/i, '') ?? null
}

/** `X-Forwarded-For`, which nearly every proxy sets; `Forwarded` (RFC 7239) where it is not there. */
function forwardedFor(c: Context): string[] {
  const list = c.req.header('x-forwarded-for')
  if (list !== undefined) return list.split(',')
  const forwarded = c.req.header('forwarded')
  if (forwarded === undefined) return []
  return forwarded.split(',').map((hop) => /(?:^|;)\s*for="?([^";]+)/i.exec(hop)?.[1] ?? '')
}

/** Undefined for what is no address: `unknown`, an obfuscated name, or a text that somebody made up. */
function readAddress(text = ''): string | undefined {
  const bare = text.trim()
  const address = /^\[([^\]]+)\]/.exec(bare)?.[1] ?? (/^[\d.]+:\d+$/.test(bare) ? bare.replace(/:\d+$/, '') : bare)
  return isIP(address) === 0 ? undefined : address
}
