import type { Context } from 'hono'
import type { Client, ClientSigns } from '../ingest/client.ts'
import type { StoredKey } from '../store/store.ts'
import { clientAddress } from './client-address.ts'

/** The browser behind a request; null for a server's, which tells nothing of the visitor. */
export function clientBehind(c: Context, key: StoredKey, read: (signs: ClientSigns) => Client): Client | null {
  if (key.kind !== 'write') return null
  const header = (name: string) => c.req.header(name) ?? ''
  return read({
    address: clientAddress(c),
    userAgent: header('user-agent'),
    brands: header('sec-ch-ua'),
    platform: header('sec-ch-ua-platform'),
    mobile: header('sec-ch-ua-mobile'),
    // A page says where it is from; an app has no origin, but a key.
    site: header('origin') || key.hash,
  })
}
