import { BoundedMap } from '../bounded-map.ts'
import type { DailySecret } from './daily-secret.ts'

/** A digest costs more than all else that is done with it. */
const cachedKeys = 20_000
const dayMs = 86_400_000

/** Names the client behind an address, for today only: 16 hexadecimal digits that tell nobody the address. */
export type ClientKeys = (address: string) => string

export function clientKeys(secret: Pick<DailySecret, 'hmac'>, now: () => number): ClientKeys {
  let day = Number.NaN
  const known = new BoundedMap<string, string>(cachedKeys)
  return (address) => {
    const today = Math.floor(now() / dayMs)
    if (today !== day) {
      known.clear()
      day = today
    }
    const network = networkOf(address)
    let key = known.get(network)
    if (key === undefined) {
      key = secret.hmac('client', network).toString('hex', 0, 8)
      known.set(network, key)
    }
    return key
  }
}

/** Of an IPv6 address its first half: behind it one household, or one server, has as many addresses as it wants. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [bare = ''] = address.split('%', 1)
  const [head = '', tail] = bare.split('::', 2)
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const [before, after] = [groups(head), groups(tail ?? '')]
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0')
  const all = tail === undefined ? before : [...before, ...zeros, ...after]
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
