import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

interface Range {
  first: Buffer
  last: Buffer
}

/** Ranges of addresses, IPv4 and IPv6, that can be asked for one address: a search in a sorted list. */
export class AddressRanges {
  readonly #ranges: readonly Range[]

  /**
   * @param text one range a line, such as `203.0.113.0/24`, or one address; what stands behind a # is left out
   * @throws {RangeError} naming the first line that is neither
   */
  constructor(text: string) {
    const ranges = text.split('\n').flatMap((line, index) => {
      const range = line.replace(/#.*/, '').trim()
      return range === '' ? [] : [readRange(range, index + 1)]
    })
    this.#ranges = merge(ranges.sort((a, b) => Buffer.compare(a.first, b.first)))
  }

  has(address: string): boolean {
    if (isIP(address) === 0) return false
    const bytes = bytesOf(ipaddr.parse(address))
    let low = 0
    let high = this.#ranges.length
    while (low < high) {
      const middle = (low + high) >> 1
      const range = this.#ranges[middle] as Range
      if (Buffer.compare(bytes, range.first) < 0) high = middle
      else if (Buffer.compare(bytes, range.last) > 0) low = middle + 1
      else return true
    }
    return false
  }
}

type Address = ReturnType<typeof ipaddr.parse>

function readRange(text: string, line: number): Range {
  // The library also takes addresses of fewer parts, which is more likely a slip here.
  const family = { 0: undefined, 4: ipaddr.IPv4, 6: ipaddr.IPv6 }[isIP(text.split('/', 1)[0] ?? '')]
  if (family?.isValid(text)) {
    const bytes = bytesOf(ipaddr.parse(text))
    return { first: bytes, last: bytes }
  }
  if (family?.isValidCIDR(text)) {
    return {
      first: bytesOf(family.networkAddressFromCIDR(text)),
      last: bytesOf(family.broadcastAddressFromCIDR(text)),
    }
  }
  throw new RangeError(`line ${line}: '${text.slice(0, 60)}' is neither an address nor a range such as 203.0.113.0/24`)
}

/** Both families in one order: an IPv4 address stands where IPv6 maps it to. */
function bytesOf(address: Address): Buffer {
  const v6 = address.kind() === 'ipv4' ? (address as ipaddr.IPv4).toIPv4MappedAddress() : address
  return Buffer.from(v6.toByteArray())
}

/** Ranges that overlap would hide each other from the search. */
function merge(sorted: readonly Range[]): Range[] {
  const merged: Range[] = []
  for (const range of sorted) {
    const before = merged.at(-1)
    if (!before || Buffer.compare(range.first, before.last) > 0) merged.push({ ...range })
    else if (Buffer.compare(range.last, before.last) > 0) before.last = range.last
  }
  return merged
}
