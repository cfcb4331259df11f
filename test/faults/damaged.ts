import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Fault } from './fault.ts'

const pageBytes = 4096

/** What disks, and people, do to a file. */
const damages: readonly ((bytes: Buffer) => Buffer)[] = [
  // The first page, with the schema.
  (bytes) => bytes.fill(0xa5, 0, pageBytes),
  // Behind the header that says what it is.
  (bytes) => bytes.fill(0, 100, pageBytes),
  // In the midst of the rows.
  (bytes) => bytes.fill(0xa5, middleOf(bytes), middleOf(bytes) + pageBytes),
  // Its end is missing.
  (bytes) => bytes.subarray(0, middleOf(bytes)),
]

const middleOf = (bytes: Buffer) => Math.floor(bytes.length / 2 / pageBytes) * pageBytes

/** Its file is damaged while it is stopped, each time in another way; a backup heals it. */
export const damaged: Fault = {
  name: 'finds its file damaged',
  async cause({ collector, file, time }) {
    await collector.stop()
    copyFileSync(file, `${file}.backup`)
    writeFileSync(file, damages[time % damages.length]?.(readFileSync(file)) ?? '')
  },
  shows: { end: 0 },
  refusesToStart: /events\.db: .*(damaged|malformed|not a database)/,
  heal({ file }) {
    copyFileSync(`${file}.backup`, file)
    rmSync(`${file}.backup`)
  },
}
