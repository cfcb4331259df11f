import { durationMs, maxKeepMs, originSchema } from '@tallymark/schemas'
import { ConfigError, readConfig } from '../config.ts'
import { makeKeyText, toStoredKey } from '../keys/key.ts'
import { rotateKey } from '../keys/rotate.ts'
import { type KeyKind, keyKinds, type Store } from '../store/store.ts'
import type { Command } from './command.ts'
import type { Given } from './read-args.ts'
import { withDatabase, withNewDatabase } from './with-database.ts'

export const keys: Command = {
  summary: 'lists, adds, rotates and revokes keys; a running collector follows within a second',
  usage: `Usage: tallymark keys [list|add|rotate|revoke] [--db FILE] [--config FILE]

  keys list
  keys add write|secret|admin [--origin ORIGIN,ORIGIN]   prints the key once
  keys rotate ID [--keep 24h] [--origin ORIGIN,ORIGIN]   prints its successor once; the old key works for so long
  keys revoke ID                                         at once

Unless it is given, the database is the one that is configured for serve.`,
  maxWords: 2,
  options: ['origin', 'keep', 'db', 'config'],

  run(given) {
    // The database is only opened for something that can be done.
    const { act, open } = choose(given)
    return open(readConfig(given.options), act)
  },
}

function choose({ words: [action = 'list', argument], options: { origin, keep } }: Given) {
  if (action !== 'add' && action !== 'rotate' && origin !== undefined) {
    throw new ConfigError('--origin: is for keys add and keys rotate')
  }
  if (action !== 'rotate' && keep !== undefined) throw new ConfigError('--keep: is for keys rotate')
  if (action === 'add') {
    if (!isKeyKind(argument)) throw new ConfigError(`keys add takes one of ${keyKinds.join(', ')}`)
    const origins = readOrigins(origin)
    return { act: (store: Store) => add(store, argument, origins), open: withNewDatabase }
  }
  if (action === 'rotate') {
    if (!argument) throw new ConfigError('keys rotate takes the id that keys list shows')
    const [origins, keepMs] = [origin === undefined ? undefined : readOrigins(origin), readKeep(keep)]
    return { act: (store: Store) => rotate(store, argument, keepMs, origins), open: withDatabase }
  }
  if (action === 'revoke') {
    if (!argument) throw new ConfigError('keys revoke takes the id that keys list shows')
    return { act: (store: Store) => revoke(store, argument), open: withDatabase }
  }
  if (action !== 'list') throw new ConfigError(`keys takes list, add, rotate or revoke, not '${action}'`)
  if (argument !== undefined) throw new ConfigError(`'${argument}' is one word too many: keys list takes none`)
  return { act: list, open: withDatabase }
}

function readOrigins(text: string | undefined): string[] {
  const origins = text?.split(',').map((origin) => origin.trim()) ?? []
  for (const origin of origins) {
    const parsed = originSchema.safeParse(origin)
    if (!parsed.success) throw new ConfigError(`--origin ${origin}: ${parsed.error.issues[0]?.message}`)
  }
  return origins
}

function readKeep(text = '24h'): number {
  const keepMs = durationMs(text)
  if (keepMs === undefined || keepMs > maxKeepMs) {
    throw new ConfigError(`--keep ${text}: must be a length of time such as 24h, 30m or 0s, and 30d at most`)
  }
  return keepMs
}

async function list(store: Store): Promise<number> {
  for (const { id, kind, text, origins, revokedAt } of await store.keys()) {
    const state = stateOf(revokedAt)
    console.log([id, kind.padEnd(6), text ?? '(kept hashed)', origins.join(',') || 'any origin', state].join('  '))
  }
  return 0
}

async function add(store: Store, kind: KeyKind, origins: readonly string[]): Promise<number> {
  const text = makeKeyText(kind)
  await store.addKey(toStoredKey(kind, text, Date.now(), origins))
  console.log(text)
  return 0
}

async function rotate(store: Store, id: string, keepMs: number, origins: readonly string[] | undefined) {
  const now = Date.now()
  const old = (await store.keys()).find((key) => key.id === id && (key.revokedAt === null || key.revokedAt > now))
  if (!old) return noSuchKey(id)
  console.log((await rotateKey(store, old, { now, keepMs, origins })).text)
  return 0
}

async function revoke(store: Store, id: string): Promise<number> {
  if (await store.revokeKey(id, Date.now())) return 0
  return noSuchKey(id)
}

function noSuchKey(id: string): number {
  console.error(`tallymark: no key in force has the id ${id}`)
  return 1
}

function stateOf(revokedAt: number | null): string {
  if (revokedAt === null) return 'in force'
  return `${revokedAt > Date.now() ? 'until' : 'revoked'} ${new Date(revokedAt).toISOString()}`
}

const isKeyKind = (text: string | undefined): text is KeyKind => keyKinds.includes(text as KeyKind)
