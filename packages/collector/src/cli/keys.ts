import { ConfigError, originSchema, readConfig } from '../config.ts'
import { makeKeyText, toStoredKey } from '../keys/key.ts'
import { type KeyKind, keyKinds, type Store } from '../store/store.ts'
import type { Command } from './command.ts'
import type { Given } from './read-args.ts'
import { withDatabase, withNewDatabase } from './with-database.ts'

export const keys: Command = {
  summary: 'lists, adds and revokes keys; a running collector follows within a second',
  usage: `Usage: tallymark keys [list|add|revoke] [--db FILE] [--config FILE]

  keys list
  keys add write|secret|admin [--origin ORIGIN,ORIGIN]   prints the key once
  keys revoke ID

Unless it is given, the database is the one that is configured for serve.`,
  maxWords: 2,
  options: ['origin', 'db', 'config'],

  run(given) {
    // The database is only opened for something that can be done.
    const { act, open } = choose(given)
    return open(readConfig(given.options), act)
  },
}

function choose({ words: [action = 'list', argument], options: { origin } }: Given) {
  if (action !== 'add' && origin !== undefined) throw new ConfigError('--origin: is for keys add')
  if (action === 'add') {
    if (!isKeyKind(argument)) throw new ConfigError(`keys add takes one of ${keyKinds.join(', ')}`)
    const origins = readOrigins(origin)
    return { act: (store: Store) => add(store, argument, origins), open: withNewDatabase }
  }
  if (action === 'revoke') {
    if (!argument) throw new ConfigError('keys revoke takes the id that keys list shows')
    return { act: (store: Store) => revoke(store, argument), open: withDatabase }
  }
  if (action !== 'list') throw new ConfigError(`keys takes list, add or revoke, not '${action}'`)
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

async function list(store: Store): Promise<number> {
  for (const { id, kind, text, origins, revokedAt } of await store.keys()) {
    const state = revokedAt === null ? 'in force' : `revoked ${new Date(revokedAt).toISOString()}`
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

async function revoke(store: Store, id: string): Promise<number> {
  if (await store.revokeKey(id, Date.now())) return 0
  console.error(`tallymark: no key in force has the id ${id}`)
  return 1
}

const isKeyKind = (text: string | undefined): text is KeyKind => keyKinds.includes(text as KeyKind)
