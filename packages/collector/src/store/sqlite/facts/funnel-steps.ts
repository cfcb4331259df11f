import type { Funnel } from '../../reads.ts'
import { packColumn, unpackWhole } from './column.ts'
import { fromGaps, gapsOf } from './gaps.ts'
import type { PackedRecord } from './packed-record.ts'
import { stepMarks } from './step-marks.ts'
import { type StepColumn, StepGatherer, type StepRows, stepColumns } from './step-rows.ts'
import type { SummaryKind } from './summary-kind.ts'
import { words, wordsAt } from './words.ts'

/** What of a funnel a day's rows depend on. */
export type Steps = Pick<Funnel, 'steps'>

/** Names the steps of a funnel: what was made of others is not read as theirs. Its window makes no difference to a day. */
export const stepsKey = ({ steps }: Steps) =>
  JSON.stringify(steps.map(({ eventType, entityType = null, surface = null }) => [eventType, entityType, surface]))

/** The rows of a funnel's steps; a day's record begins with what the steps are. */
export function funnelSteps(funnel: Steps, idOf: (name: string) => number | undefined): SummaryKind<StepColumn> {
  const marks = stepMarks(funnel.steps, idOf)
  return {
    columns: stepColumns(marks),
    begin() {
      const gatherer = new StepGatherer(marks)
      return {
        add: (chunk, entityTypes) => gatherer.add(chunk, entityTypes),
        pack: () => packSteps(funnel, gatherer.take()),
      }
    },
  }
}

/** The numbers of viewers as gaps; rows as they are, for they are many, and no two are alike. */
export function packSteps(funnel: Steps, { viewers, counts, marks, rows }: StepRows): Buffer {
  const columns = [gapsOf(viewers), counts, marks].map(packColumn)
  return Buffer.concat([
    headOf(funnel),
    words(viewers.length, rows.length, ...columns.map(({ length }) => length)),
    Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength),
    ...columns,
  ])
}

export const stepsIn = (record: PackedRecord): StepRows => record.unpacked('steps', unpackSteps)

function unpackSteps(packed: Buffer): StepRows {
  const head = 4 + wholeWords(packed.readUInt32LE(0))
  const [people, size, ...sizes] = Array.from({ length: 5 }, (_, n) => packed.readUInt32LE(head + 4 * n)) as [
    number,
    number,
    ...number[],
  ]
  let at = head + 20
  const rows = wordsAt(packed, at, size)
  at += 4 * size
  const [gaps, counts, marks] = sizes.map((length) => {
    at += length
    return unpackWhole(packed.subarray(at - length, at), people)
  }) as [Uint32Array, Uint32Array, Uint32Array]
  return { viewers: fromGaps(gaps), counts, marks, rows }
}

/** Whether a record is of these steps. */
export const isOf = (record: PackedRecord, funnel: Steps): boolean =>
  Buffer.from(stepsKey(funnel)).equals(record.unpacked('key', keyIn))

const keyPattern = /^\[(\["\w+",(null|"\w+"),(null|"([^"\\]|\\.)*")\],?)*\]$/

/** The steps that a record says it is of; none when it is damaged. */
export function stepsOf(packed: Buffer): Steps {
  const key = Buffer.from(keyIn(packed)).toString()
  if (!keyPattern.test(key)) return { steps: [] }
  const steps = JSON.parse(key) as [string, string | null, string | null][]
  return {
    steps: steps.map(([eventType, entityType, surface]) => ({
      eventType,
      entityType: entityType ?? undefined,
      surface: surface ?? undefined,
    })),
  }
}

/** In whole words, so that the rows behind it are, too. */
function headOf(funnel: Steps): Buffer {
  const key = Buffer.from(stepsKey(funnel))
  return Buffer.concat([words(key.length), key, Buffer.alloc(wholeWords(key.length) - key.length)])
}

/** The key of the steps that a record says it is of. A copy: what is kept of a record must not keep all of it. */
const keyIn = (packed: Buffer): Uint8Array =>
  packed.length < 4 ? new Uint8Array() : Uint8Array.from(packed.subarray(4, 4 + packed.readUInt32LE(0)))

const wholeWords = (bytes: number) => Math.ceil(bytes / 4) * 4
