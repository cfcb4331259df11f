/** Where an answer is not what was expected, by paths such as `rows.3.ctr`. Fields that are not expected may be any. */
export function differences(expected: unknown, actual: unknown, path = ''): string[] {
  const plain = toPlain(expected)
  if (Array.isArray(plain)) {
    if (!Array.isArray(actual)) return [`${path}: ${show(actual)} is not a list`]
    if (plain.length !== actual.length) return [`${path}: ${actual.length} rows and not ${plain.length}`]
    return plain.flatMap((item, index) => differences(item, actual[index], below(path, index)))
  }
  if (typeof plain === 'object' && plain !== null) {
    if (typeof actual !== 'object' || actual === null) return [`${path}: ${show(actual)} is not an object`]
    const found = actual as Record<string, unknown>
    return Object.entries(plain).flatMap(([name, value]) => differences(value, found[name], below(path, name)))
  }
  return isSame(plain, actual) ? [] : [`${path}: ${show(actual)} and not ${show(plain)}`]
}

const below = (path: string, name: string | number) => (path === '' ? String(name) : `${path}.${name}`)

/** What a database's driver gives, as JSON has it. */
function toPlain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  return value instanceof Date ? value.toISOString() : (value ?? null)
}

/** Sums of fractions depend on their order. */
function isSame(expected: unknown, actual: unknown): boolean {
  if (typeof expected !== 'number' || typeof actual !== 'number') return expected === (actual ?? null)
  return Math.abs(expected - actual) <= 1e-9 * Math.max(1, Math.abs(expected))
}

const show = (value: unknown) => JSON.stringify(value)?.slice(0, 80)
