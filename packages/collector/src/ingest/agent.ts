import { BROWSER_MAP, OS_MAP, parse } from 'bowser'
import { isbot } from 'isbot'
import { BoundedMap } from '../bounded-map.ts'

/** What a browser says of itself: its user agent, and the client hints that Chromium sends beside it, as they were sent. */
export interface AgentSigns {
  userAgent: string
  /** `Sec-CH-UA`, `Sec-CH-UA-Platform` and `Sec-CH-UA-Mobile`; empty where there are none. */
  brands: string
  platform: string
  mobile: string
}

/** What is kept of that. */
export interface Agent {
  /** Browser, operating system and kind of device as JSON, without their versions; null where nothing is known. */
  json: string | null
  /** It says that it is a program: a crawler, a command line, a library. */
  isBot: boolean
}

const cachedAgents = 5000
/** Longer ones are made up; what is read stands in the first third of it. */
const maxAgentLength = 512

/** Reading a user agent costs some 10 µs, and most visitors share a few hundred of them. */
export function agentReader(): (signs: AgentSigns) => Agent {
  const known = new BoundedMap<string, Agent>(cachedAgents)
  return ({ userAgent, brands, platform, mobile }) => {
    const signs = {
      userAgent: userAgent.slice(0, maxAgentLength),
      brands: brands.slice(0, maxAgentLength),
      platform: platform.slice(0, 32),
      mobile: mobile.slice(0, 8),
    }
    const key = `${signs.userAgent}\n${signs.brands}\n${signs.platform}\n${signs.mobile}`
    let agent = known.get(key)
    if (!agent) {
      agent = readAgent(signs)
      known.set(key, agent)
    }
    return agent
  }
}

/** The parser takes an unknown program's name as it finds it: only names from its lists are kept. */
const browsers = new Set(Object.values(BROWSER_MAP))
const systems = new Set(Object.values(OS_MAP))
const devices = new Set(['desktop', 'mobile', 'tablet', 'tv'])

/** They fetch a mail's images when somebody opens it. */
const mailProxy = /GoogleImageProxy|YahooMailProxy/

function readAgent({ userAgent, brands, platform, mobile }: AgentSigns): Agent {
  if (userAgent === '') return { json: null, isBot: false }
  const parsed = parse(userAgent, { brands: readBrands(brands) })
  const os = readPlatform(platform) ?? oneOf(systems, parsed.os.name)
  const device = mobile === '?1' ? 'mobile' : oneOf(devices, parsed.platform.type)
  const json = JSON.stringify({
    browser: oneOf(browsers, parsed.browser.name),
    os,
    device: device ?? (os === OS_MAP.ChromeOS ? 'desktop' : undefined),
  })
  return { json: json === '{}' ? null : json, isBot: isbot(userAgent) && !mailProxy.test(userAgent) }
}

/** `"Chromium";v="130", "Brave";v="130"`: a structured list, RFC 9651. */
function readBrands(header: string): { brand: string; version: string }[] {
  return [...header.matchAll(/"([^"]*)";v="([^"]*)"/g)].map(([, brand = '', version = '']) => ({ brand, version }))
}

function readPlatform(header: string): string | undefined {
  const name = header.replaceAll('"', '').replace('Chromium OS', 'Chrome OS')
  return oneOf(systems, name)
}

const oneOf = (names: ReadonlySet<string>, name: string | undefined) =>
  name !== undefined && names.has(name) ? name : undefined
