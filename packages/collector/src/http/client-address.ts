import type { Context } from 'hono'

/** What Node's adapter for Hono hands over beside the request. */
interface NodeBindings {
  incoming?: { socket?: { remoteAddress?: string | undefined } }
}

/** The address that the request came from; null where the server does not tell. IPv4 looks the same on every socket. */
export function clientAddress(c: Context): string | null {
  const { incoming } = (c.env ?? {}) as NodeBindings
  return incoming?.socket?.remoteAddress?.replace(/^::ffff:(?=\d+\.)/i, '') ?? null
}
