import { test } from 'vitest'
import { clockStepsBack } from './faults/clock-steps-back.ts'
import { damaged } from './faults/damaged.ts'
import { noRoomToGrow } from './faults/disk-full.ts'
import { interrupted, killed, terminated } from './faults/ends.ts'
import { endure } from './faults/endure.ts'
import { locked } from './faults/locked.ts'
import { readOnlyFolder } from './faults/read-only-folder.ts'
import { writerDies } from './faults/writer-dies.ts'

test.each([
  { fault: killed, times: 5 },
  { fault: terminated, times: 1 },
  { fault: interrupted, times: 1 },
  { fault: writerDies, times: 2 },
  { fault: noRoomToGrow, times: 1 },
  { fault: locked(), times: 1 },
  { fault: readOnlyFolder, times: 1 },
  { fault: damaged, times: 4 },
  { fault: clockStepsBack, times: 1 },
])(
  'a collector that $fault.name loses nothing acknowledged and stores nothing twice',
  async ({ fault, times }) => {
    await endure(fault, times)
  },
  120_000,
)
