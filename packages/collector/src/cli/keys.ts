import { parseArgs } from 'node:util'
import { ConfigError } from '../config.ts'
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
    const [action = 'list', argument] = positionals
    const store = await openSqliteStore({ file: values.db ?? './tallymark.db', windows: { byType: {}, fallbackMs: 0 } })
    try {
      if (action === 'list') return await list(store)
      if (action === 'add') return await add(store, argument, values.origin?.split(',') ?? [])
      if (action === 'revoke') return await revoke(store, argument)
      throw new ConfigError(`keys takes list, add or revoke, not '${action}'`)
    } finally {
      await store.close()
    }
  },
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

async function add(store: Store, kind: string | undefined, origins: readonly string[]): Promise<number> {
  if (!isKeyKind(kind)) throw new ConfigError(`keys add takes one of ${keyKinds.join(', ')}`)
  const text = makeKeyText(kind)
  await store.addKey(toStoredKey(kind, text, Date.now(), origins))
  console.log(text)
  return 0
}

async function revoke(store: Store, id: string | undefined): Promise<number> {
  if (!id) throw new ConfigError('keys revoke takes the id that keys list shows')
  if (await store.revokeKey(id, Date.now())) return 0
  console.error(`tallymark: no key in force has the id ${id}`)
  return 1
}

const isKeyKind = (text: string | undefined): text is KeyKind => keyKinds.includes(text as KeyKind)
