import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../testing/temp-folder.ts'
import { lockBeside } from './connection.ts'

test('a lock is taken again once it is free, and changes nothing', () => {
  const file = join(tempFolder(), 'events.db')
  lockBeside(file).close()
  lockBeside(file).close()
  expect(readFileSync(`${file}-lock`)).toHaveLength(0)
})
