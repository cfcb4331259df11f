import type { Store, StoredKey } from '../store/store.ts'
import { makeKeyText, toStoredKey } from './key.ts'

interface Rotation {
  now: number
  /** How long the old key goes on working: pages that are open, and servers that are deployed one by one, have it. */
  keepMs: number
  /** Default: those of the old key. */
  origins?: readonly string[] | undefined
}

/** Makes a successor of the same kind, and lets the old key end. Answers the new one with its text, told only here. */
export async function rotateKey(
  store: Pick<Store, 'addKey' | 'revokeKey'>,
  old: StoredKey,
  { now, keepMs, origins = old.origins }: Rotation,
): Promise<{ stored: StoredKey; text: string }> {
  const text = makeKeyText(old.kind)
  const stored = toStoredKey(old.kind, text, now, origins)
  await store.addKey(stored)
  await store.revokeKey(old.id, now + keepMs)
  return { stored, text }
}
