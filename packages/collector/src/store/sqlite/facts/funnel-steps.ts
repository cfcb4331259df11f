import type { FunnelStep } from '../../reads.ts'
import { packColumn, unpackWhole } from './column.ts'
import { stepMarks } from './step-marks.ts'
import { type StepColumn, StepGatherer, type StepRows, stepColumns } from './step-rows.ts'
import type { SummaryKind } from './summary-kind.ts'

/** The steps of a funnel that the plan declares. */
export type Funnel = readonly FunnelStep[]

/** Names steps, whatever else is said of their funnel: what was made of other steps is not read as theirs. */
export const stepsKey = (steps: Funnel) =>
  JSON.stringify(steps.map(({ eventType, entityType = null, surface = null }) => [eventType, entityType, surface]))

/** The rows of a funnel's steps; a day's record begins with what the steps are. */
export function funnelSteps(steps: Funnel, idOf: (name: string) => number | undefined): SummaryKind<StepColumn> {
  const marks = stepMarks(steps, idOf)
  return {
    columns: stepColumns(marks),
    begin() {
      const gatherer = new StepGatherer(marks)
      return {
        add: (chunk, entityTypes) => gatherer.add(chunk, entityTypes),
        pack: () => packSteps(steps, gatherer.take()),
      }
    },
  }
}

/** The numbers of viewers as gaps; rows as they are, for they are many, and no two are alike. */
export function packSteps(steps: Funnel, { viewers, counts, rows }: StepRows): Buffer {
  const gaps = viewers.map((viewer, n) => viewer - (n === 0 ? 0 : (viewers[n - 1] as number)))
  const columns = [packColumn(gaps), packColumn(counts), Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength)]
  return Buffer.concat([headOf(steps), words(viewers.length, ...columns.map(({ length }) => length)), ...columns])
}

export function unpackSteps(packed: Buffer): StepRows {
  let at = 4 + packed.readUInt32LE(0)
  const [people, ...sizes] = Array.from({ length: 4 }, (_, n) => packed.readUInt32LE(at + 4 * n)) as [number, ...number[]]
  at += 16
  const [gaps, counts, rows] = sizes.map((size) => {
    at += size
    return packed.subarray(at - size, at)
  }) as [Buffer, Buffer, Buffer]
  const viewers = unpackWhole(gaps, people)
  for (let n = 1; n < people; n++) (viewers[n] as number) += viewers[n - 1] as number
  // A copy: a record need not begin at a multiple of four.
  return { viewers, counts: unpackWhole(counts, people), rows: new Uint32Array(Uint8Array.from(rows).buffer) }
}

/** Whether a record is of these steps. */
export function isOf(packed: Buffer, steps: Funnel): boolean {
  const head = headOf(steps)
  return packed.subarray(0, head.length).equals(head)
}

const keyPattern = /^\[(\["\w+",(null|"\w+"),(null|"([^"\\]|\\.)*")\],?)*\]$/

/** The steps that a record says it is of; none when it is damaged. */
export function stepsOf(packed: Buffer): Funnel {
  const key = packed.length < 4 ? '' : packed.toString('utf8', 4, 4 + packed.readUInt32LE(0))
  if (!keyPattern.test(key)) return []
  return (JSON.parse(key) as [string, string | null, string | null][]).map(([eventType, entityType, surface]) => ({
    eventType,
    entityType: entityType ?? undefined,
    surface: surface ?? undefined,
  }))
}

function headOf(steps: Funnel): Buffer {
  const key = Buffer.from(stepsKey(steps))
  return Buffer.concat([words(key.length), key])
}

const words = (...numbers: number[]) => Buffer.from(Uint32Array.from(numbers).buffer)
