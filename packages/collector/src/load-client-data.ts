import { readFileSync } from 'node:fs'
import { ConfigError } from './config.ts'
import { AddressRanges } from './ingest/address-ranges.ts'
import { Places } from './ingest/places.ts'

/**
 * Reads a database of places in MaxMind's format, by country or by city, into memory.
 *
 * @throws {ConfigError} when there is no such file or it is no such database
 * @example
 * const collector = await createCollector({ file, onError, places: loadPlaces('./country.mmdb') })
 */
export function loadPlaces(file: string): Places {
  return load(file, (bytes) => new Places(bytes))
}

/**
 * Reads a list of address ranges, one a line, such as `203.0.113.0/24` or `2001:db8::/32`; what stands behind a # is
 * left out.
 *
 * @throws {ConfigError} when there is no such file, or naming the line that is no range
 */
export function loadAddressRanges(file: string): AddressRanges {
  return load(file, (bytes) => new AddressRanges(bytes.toString()))
}

function load<T>(file: string, read: (bytes: Buffer) => T): T {
  try {
    return read(readFileSync(file))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new ConfigError(`${file}: ${code === 'ENOENT' ? 'there is no such file' : message}`, { cause: error })
  }
}
