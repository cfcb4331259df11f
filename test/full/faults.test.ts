import { test } from 'vitest'
import { clockStepsBack } from '../faults/clock-steps-back.ts'
import { damaged } from '../faults/damaged.ts'
import { diskFull, noRoomToGrow } from '../faults/disk-full.ts'
import { killed, terminated } from '../faults/ends.ts'
import { endure } from '../faults/endure.ts'
import { locked } from '../faults/locked.ts'
import { readOnlyFolder } from '../faults/read-only-folder.ts'
import { writerDies } from '../faults/writer-dies.ts'

test.each([
  { fault: killed, times: 50 },
  { fault: terminated, times: 20 },
  { fault: writerDies, times: 20 },
  { fault: diskFull, times: 10 },
  { fault: noRoomToGrow, times: 10 },
  { fault: locked(), times: 10 },
  { fault: readOnlyFolder, times: 10 },
  { fault: damaged, times: 12 },
  { fault: clockStepsBack, times: 20 },
])('a collector that $fault.name loses nothing acknowledged and stores nothing twice', async ({ fault, times }) => {
  await endure(fault, times)
})
