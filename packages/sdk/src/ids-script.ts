/**
 * Stands in for the package `uuid` in the script build, which needs one function of it and shares nothing with the page's
 * own bundle. A UUID v7 (RFC 9562): the milliseconds since 1970, then a counter, so that ids of the same millisecond are
 * in the order in which they were made, then chance.
 */
export function v7(): string {
  const nowMs = Date.now()
  const [start = 0, ...chance] = crypto.getRandomValues(new Uint32Array(3))
  // A clock that is set back goes on from where it was. The counter begins with its highest bit free.
  counter = nowMs > latestMs ? start >>> 7 : counter + 1
  latestMs = Math.max(latestMs, nowMs)
  const digits =
    hex(latestMs, 12) + 7 + hex(counter, 7).replace(/(.{3})/, '$18') + chance.map((n) => hex(n, 8)).join('')
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5')
}

let latestMs = 0
let counter = 0

const hex = (value: number, length: number) => value.toString(16).padStart(length, '0')
