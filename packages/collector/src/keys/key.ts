import { hash, randomBytes } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { KeyKind, StoredKey } from '../store/store.ts'

/** What a key of each kind begins with, so that a reader of a page or a log can tell them apart. */
export const keyPrefixes: Record<KeyKind, string> = { write: 'tm_pub_', secret: 'tm_sec_', admin: 'tm_adm_' }

/** A new key's own text: 192 random bits behind the kind's prefix. */
export function makeKeyText(kind: KeyKind): string {
  return `${keyPrefixes[kind]}${randomBytes(24).toString('base64url')}`
}

/** A key as it is kept. Only a write key, which stands in every page, is kept readable. */
export function toStoredKey(
  kind: KeyKind,
  text: string,
  createdAt: number,
  origins: readonly string[] = [],
): StoredKey {
  return {
    id: uuidv7(),
    kind,
    text: kind === 'write' ? text : null,
    hash: hashKey(text),
    origins,
    createdAt,
    revokedAt: null,
  }
}

export function hashKey(text: string): string {
  return hash('sha256', text, 'hex')
}
