import { isIPv6 } from 'node:net'
import { Reader, type Response } from 'mmdb-lib'

/** Where an address is, as ISO 3166 says it: `US`, and of ISO 3166-2 what stands behind the country, `CA`. */
export interface Place {
  country: string | null
  region: string | null
}

/** A database of places in MaxMind's format. */
export class Places {
  readonly #reader: Reader<Response>

  /** @throws {Error} when the bytes are no such database */
  constructor(bytes: Buffer) {
    if (!bytes.includes('\xab\xcd\xefMaxMind.com', 0, 'latin1')) {
      throw new TypeError('is no database in MaxMind’s format, .mmdb')
    }
    this.#reader = new Reader(bytes)
  }

  /** Null for both where the database does not know the address. */
  find(address: string): Place {
    // A tree for IPv4 alone would be walked by the first bits of an IPv6 address, to a place that has nothing to do with it.
    const isForeign = this.#reader.metadata.ipVersion === 4 && isIPv6(address)
    const found: unknown = isForeign ? null : this.#reader.get(address)
    const country = codeIn(found, ['country', 'iso_code'], countryCode) ?? codeIn(found, ['country_code'], countryCode)
    const region = codeIn(found, ['subdivisions', 0, 'iso_code'], regionCode)
    return { country, region: country && region }
  }
}

const countryCode = /^[A-Z]{2}$/
const regionCode = /^[A-Z0-9]{1,3}$/

/** Databases differ in what they hold: only what is a code is taken, whatever stands in its place. */
function codeIn(found: unknown, path: readonly (string | number)[], form: RegExp): string | null {
  const value = path.reduce((at, key) => (at as Record<string | number, unknown> | null | undefined)?.[key], found)
  return typeof value === 'string' && form.test(value) ? value : null
}
