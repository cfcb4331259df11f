import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ConfigError, defaultDatabase, originSchema } from '../config.ts'
import { makeKeyText, toStoredKey } from '../keys/key.ts'
import { openSqliteStore } from '../store/sqlite/store.ts'
import { type KeyKind, keyKinds, type Store } from '../store/store.ts'
import type { Command } from './command.ts'

export const keys: Command = {
  summary: 'lists, adds and revokes keys; a running collector follows within a second',
  usage: `Usage: tallymark keys list|add|revoke [--db FILE]

  keys list
  keys add write|secret|admin [--origin ORIGIN,ORIGIN]   prints the key once
  keys revoke ID`,

  async run(args) {
    const { values, positionals } = parse(args)
    const act = choose(positionals, readOrigins(values.origin))
    const file = values.db ?? defaultDatabase()
    if (positionals[0] !== 'add' && !existsSync(file)) throw new ConfigError(`${file}: there is no such file`)
    const store = await openSqliteStore({ file })
    try {
      return await act(store)
    } finally {
      await store.close()
    }
  },
}

/** What to do with the store. It is only opened for something that can be done. */
function choose([action = 'list', argument]: readonly string[], origins: readonly string[]) {
  if (action === 'list') return list
  if (action === 'add') {
    if (!isKeyKind(argument)) throw new ConfigError(`keys add takes one of ${keyKinds.join(', ')}`)
    return (store: Store) => add(store, argument, origins)
  }
  if (action === 'revoke') {
    if (!argument) throw new ConfigError('keys revoke takes the id that keys list shows')
    return (store: Store) => revoke(store, argument)
  }
  throw new ConfigError(`keys takes list, add or revoke, not '${action}'`)
}

function readOrigins(text: string | undefined): string[] {
  const origins = text?.split(',').map((origin) => origin.trim()) ?? []
  for (const origin of origins) {
    const parsed = originSchema.safeParse(origin)
    if (!parsed.success) throw new ConfigError(`--origin ${origin}: ${parsed.error.issues[0]?.message}`)
  }
  return origins
}

function parse(args: readonly string[]) {
  try {
    const options = { db: { type: 'string' as const }, origin: { type: 'string' as const } }
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    throw new ConfigError((error as Error).message)
  }
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
