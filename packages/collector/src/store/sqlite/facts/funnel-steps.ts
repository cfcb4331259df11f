import type { Funnel } from '../../reads.ts'
import { packColumn, unpackWhole } from './column.ts'
import { stepMarks } from './step-marks.ts'
import { type StepColumn, StepGatherer, type StepRows, stepColumns } from './step-rows.ts'
import type { SummaryKind } from './summary-kind.ts'

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
export function packSteps(funnel: Steps, { viewers, counts, rows }: StepRows): Buffer {
  const gaps = viewers.map((viewer, n) => viewer - (n === 0 ? 0 : (viewers[n - 1] as number)))
  const columns = [packColumn(gaps), packColumn(counts), Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength)]
  return Buffer.concat([headOf(funnel), words(viewers.length, ...columns.map(({ length }) => length)), ...columns])
}

export function unpackSteps(packed: Buffer): StepRows {
  let at = 4 + packed.readUInt32LE(0)
  const [people, ...sizes] = Array.from({ length: 4 }, (_, n) => packed.readUInt32LE(at + 4 * n)) as [
    number,
    ...number[],
  ]
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
export function isOf(packed: Buffer, funnel: Steps): boolean {
  const head = headOf(funnel)
  return packed.subarray(0, head.length).equals(head)
}

const keyPattern = /^\[(\["\w+",(null|"\w+"),(null|"([^"\\]|\\.)*")\],?)*\]$/

/** The steps that a record says it is of; none when it is damaged. */
export function stepsOf(packed: Buffer): Steps {
  const key = packed.length < 4 ? '' : packed.toString('utf8', 4, 4 + packed.readUInt32LE(0))
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

function headOf(funnel: Steps): Buffer {
  const key = Buffer.from(stepsKey(funnel))
  return Buffer.concat([words(key.length), key])
}

const words = (...numbers: number[]) => Buffer.from(Uint32Array.from(numbers).buffer)
