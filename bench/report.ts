/** What the benches' tables have in common. */
import { cpus } from 'node:os'

export function head(titles: readonly string[], texts = 1): string {
  return `${row(titles)}\n${row(titles.map((_, column) => (column < texts ? '---' : '--:')))}`
}

export function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

export function machine(): string {
  return `${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.versions.node}`
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}
