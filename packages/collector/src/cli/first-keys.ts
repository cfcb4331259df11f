import { type Config, ConfigError } from '../config.ts'
import { makeKeyText, toStoredKey } from '../keys/key.ts'
import { type KeyKind, keyKinds, type Store, type StoredKey } from '../store/store.ts'

const settingOf = { write: 'writeKey', secret: 'secretKey', admin: 'adminKey' } as const

/** The keys that the settings name. Only write keys are bound to origins: the others never stand in a page. */
export function configuredKeys(config: Config): StoredKey[] {
  return keyKinds.flatMap((kind) =>
    config[settingOf[kind]].map((text) => toStoredKey(kind, text, 0, kind === 'write' ? config.allowedOrigin : [])),
  )
}

/**
 * Makes a key of each kind of which there is none, neither in the store nor in the settings. Their texts are known
 * here and nowhere else: secret and admin keys are kept hashed.
 *
 * @throws {ConfigError} when origins were named that no key would be bound to, or a key is of two kinds
 */
export async function makeFirstKeys(store: Store, config: Config): Promise<Partial<Record<KeyKind, string>>> {
  const stored = await store.keys()
  if (config.allowedOrigin.length > 0 && config.writeKey.length === 0 && stored.some(({ kind }) => kind === 'write')) {
    throw new ConfigError(
      '--allowed-origin: the write keys in the database have origins of their own: use tallymark keys add write --origin',
    )
  }
  for (const key of configuredKeys(config)) {
    const other = stored.find(({ hash, kind }) => hash === key.hash && kind !== key.kind)
    if (other) throw new ConfigError(`--${key.kind}-key: the same key is a ${other.kind} key in the database`)
  }
  const made: Partial<Record<KeyKind, string>> = {}
  for (const kind of keyKinds) {
    if (config[settingOf[kind]].length > 0 || stored.some((key) => key.kind === kind)) continue
    const text = makeKeyText(kind)
    await store.addKey(toStoredKey(kind, text, Date.now(), kind === 'write' ? config.allowedOrigin : []))
    made[kind] = text
  }
  return made
}
