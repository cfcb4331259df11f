import { join } from 'node:path'
import { test } from 'vitest'
import { tempFolder } from '../../packages/collector/src/testing/temp-folder.ts'
import { killRounds } from '../support/kill-rounds.ts'

test('a collector that is killed fifty times under load loses nothing acknowledged and stores nothing twice', async () => {
  await killRounds(join(tempFolder(), 'killed.db'), 50)
})
