import { chmodSync, chownSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../testing/temp-folder.ts'
import { importLines } from './import.ts'
import { restore } from './restore.ts'
import { openSqliteStore } from './store.ts'

/** Root can give files away; whoever else runs this has only their own. */
const isRoot = process.getuid?.() === 0
const nobody = isRoot ? 65_534 : (process.getuid?.() ?? 0)
const giveToNobody = (file: string) => chownSync(file, nobody, isRoot ? nobody : (process.getgid?.() ?? 0))

const ownerOf = (file: string) => statSync(file).uid

test('what is put in the place of a database is the same owner’s, and as hidden', async () => {
  const folder = tempFolder()
  const file = join(folder, 'events.db')
  const store = await openSqliteStore({ file })
  const { file: backup } = await store.backup()
  await store.close()
  giveToNobody(file)
  chmodSync(file, 0o600)

  expect(restore(backup, file, 1)).toBe(`${file}.replaced-1`)
  expect(ownerOf(file)).toBe(nobody)
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('what is put where there was none is the folder’s owner’s', async () => {
  const folder = tempFolder()
  const store = await openSqliteStore({ file: join(folder, 'events.db') })
  const { file: backup } = await store.backup()
  giveToNobody(folder)
  restore(backup, join(folder, 'restored.db'), 1)
  await importLines(join(folder, 'imported.db'), linesOf(store.export()))
  await store.close()
  for (const name of ['restored.db', 'restored.db-lock', 'imported.db', 'imported.db-lock'])
    expect(ownerOf(join(folder, name))).toBe(nobody)
})

async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const chunk of chunks) yield* chunk.trimEnd().split('\n')
}
