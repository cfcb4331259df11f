import { BoundedMap } from '../bounded-map.ts'
import type { AddressRanges } from './address-ranges.ts'
import { type Agent, type AgentSigns, agentReader } from './agent.ts'
import type { DailySecret } from './daily-secret.ts'
import type { Place, Places } from './places.ts'

/** What a request tells of the browser that sent it, as it came. It is looked at and forgotten. */
export interface ClientSigns extends AgentSigns {
  /** Null where the server does not tell. */
  address: string | null
  /** The page's origin, or what else tells one site from another. */
  site: string
}

/** What is made of them once a request, for all its events. */
export interface Client extends Place {
  agent: Agent
  inDatacenter: boolean
  /** Who sends, for today only: 16 hexadecimal digits. Null where the address is not known. */
  readonly dayViewer: string | null
}

export interface ClientSources {
  places: Places | undefined
  datacenters: AddressRanges | undefined
  dailySecret: DailySecret
  /** Told of an address that cannot be looked up: a damaged database of places costs nobody an event. */
  onError: (error: unknown) => void
}

interface Location extends Place {
  inDatacenter: boolean
}

const nowhere: Location = { country: null, region: null, inDatacenter: false }
const cachedLocations = 20_000

/** Reads a request's signs. Of an address nothing is kept but where it is. */
export function clientReader(sources: ClientSources): (signs: ClientSigns) => Client {
  const { dailySecret } = sources
  const readAgent = agentReader()
  const locate = locator(sources)
  return (signs) => {
    const { address, userAgent, site } = signs
    let dayViewer: string | null | undefined
    return {
      agent: readAgent(signs),
      ...(address === null ? nowhere : locate(address)),
      // Most requests need none, and it costs more than all else here.
      get dayViewer() {
        dayViewer ??= address && dailySecret.hmac('viewer', address, userAgent, site).toString('hex', 0, 8)
        return dayViewer
      },
    }
  }
}

/** A visitor's requests come from one address, and looking it up costs some 10 µs. */
function locator({ places, datacenters, onError }: ClientSources): (address: string) => Location {
  if (!places && !datacenters) return () => nowhere
  const known = new BoundedMap<string, Location>(cachedLocations)
  return (address) => {
    let location = known.get(address)
    if (!location) {
      location = { ...placeOf(address), inDatacenter: datacenters?.has(address) ?? false }
      known.set(address, location)
    }
    return location
  }

  function placeOf(address: string): Place {
    try {
      return places?.find(address) ?? nowhere
    } catch (error) {
      onError(error)
      return nowhere
    }
  }
}
