import { readFileSync } from 'node:fs'
import { originSchema } from '@tallymark/schemas'
import { z } from 'zod'
import { defaultRates } from './http/rates.ts'
import { defaultLimits } from './http/request-limits.ts'
import { botPolicies } from './ingest/mark-bot.ts'
import { defaultTrending } from './reports/trending-rule.ts'
import { minKeepDays } from './store/store.ts'

/** One key or several: a list in the configuration file, separated by commas elsewhere. */
const several = <Item extends z.ZodType<string>>(item: Item) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value),
    z.array(item, 'must be a text, or a list of texts'),
  )

const text = z.string('must be a text').min(1, 'must not be empty')

const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, `must be one of ${values.join(', ')}`)

const key = z
  .string('must be a text')
  .min(16, 'must have at least 16 characters')
  .regex(/^[!-9;-~]+$/, 'must have only ASCII characters, and neither spaces nor colons: it travels in headers')

/** A number in the configuration file, digits elsewhere: `--port "$PORT"` without a PORT is a mistake, not port 0. */
const number = <Schema extends z.ZodType<number>>(schema: Schema) =>
  z.preprocess((value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value), schema)

/** A number that may have a fraction. */
const weight = z.preprocess(
  (value) => (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value),
  z.number('must be a number from 0 to 100').min(0).max(100),
)

const whole = (max: number, min = 0) => number(z.int(`must be a number from ${min} to ${max}`).min(min).max(max))

const keepDaysFault = `must be a number of days, ${minKeepDays} at least`

/** A week beside the week before. */
const maxTrendingHours = 168
const trendingHoursFault = `must be a number of hours from 1 to ${maxTrendingHours}`

/** A setting whose flag may stand alone, which is `true`: what that and `false` mean, beside what the schema takes. */
const bare = <Schema extends z.ZodType>(meant: { true: unknown; false: unknown }, schema: Schema) =>
  z.preprocess((value) => meant[String(value) as keyof typeof meant] ?? value, schema)

const yesOrNo = bare({ true: true, false: false }, z.boolean('must be true or false'))

/** The bare flag says that there is a proxy. */
const proxies = bare({ true: 1, false: 0 }, whole(10))

const defaults = {
  port: 4600,
  host: '127.0.0.1',
  db: './tallymark.db',
  bots: 'mark',
  durability: 'full',
  logLevel: 'info',
  clientRate: defaultRates.client.perSecond,
  clientBurst: defaultRates.client.burst,
  keyRate: defaultRates.key.perSecond,
  keyBurst: defaultRates.key.burst,
  maxBodyKib: defaultLimits.bodyBytes / 1024,
  maxBatch: defaultLimits.batchEvents,
  maxEventKib: defaultLimits.eventBytes / 1024,
  publicCap: 200,
  publicReads: false,
  trendingHours: defaultTrending.windowMs / 3_600_000,
  trendingLikes: defaultTrending.weights.likes,
  trendingViews: defaultTrending.weights.views,
  trendingDecay: defaultTrending.weights.decay,
  trustProxy: 0,
} as const

const settingsSchema = z.strictObject({
  port: whole(65_535).default(defaults.port),
  host: text.default(defaults.host),
  db: text.default(defaults.db),
  plan: text.optional(),
  writeKey: several(key).default([]),
  secretKey: several(key).default([]),
  adminKey: several(key).default([]),
  allowedOrigin: several(originSchema).default([]),
  userTokenSecret: z.string('must be a text').min(32, 'must have at least 32 characters').optional(),
  geoDb: text.optional(),
  datacenterRanges: text.optional(),
  bots: oneOf(botPolicies).default(defaults.bots),
  durability: oneOf(['normal', 'full']).default(defaults.durability),
  keepDays: number(z.int(keepDaysFault).min(minKeepDays, keepDaysFault)).optional(),
  clientRate: whole(1_000_000).default(defaults.clientRate),
  // Without one at once there would never be any.
  clientBurst: whole(1_000_000_000, 1).default(defaults.clientBurst),
  keyRate: whole(1_000_000).default(defaults.keyRate),
  keyBurst: whole(1_000_000_000, 1).default(defaults.keyBurst),
  maxBodyKib: whole(8192, 1).default(defaults.maxBodyKib),
  maxBatch: whole(1000, 1).default(defaults.maxBatch),
  maxEventKib: whole(8192, 1).default(defaults.maxEventKib),
  publicCap: whole(1_000_000_000).default(defaults.publicCap),
  publicReads: yesOrNo.default(defaults.publicReads),
  trendingHours: number(
    z.int(trendingHoursFault).min(1, trendingHoursFault).max(maxTrendingHours, trendingHoursFault),
  ).default(defaults.trendingHours),
  trendingLikes: weight.default(defaults.trendingLikes),
  trendingViews: weight.default(defaults.trendingViews),
  trendingDecay: weight.default(defaults.trendingDecay),
  trustProxy: proxies.default(defaults.trustProxy),
  logLevel: oneOf(['debug', 'info', 'warn', 'error', 'silent']).default(defaults.logLevel),
})
export type Config = z.infer<typeof settingsSchema>
type Setting = keyof Config

/** What `--help` says of each setting, in this order. */
export const settingHelp: Record<Setting, { value: string; help: string }> = {
  port: { value: 'N', help: `port to listen on, 0 for any free one (${defaults.port})` },
  host: { value: 'ADDRESS', help: `address to listen on; 0.0.0.0 for all (${defaults.host})` },
  db: { value: 'FILE', help: `the database, made where there is none (${defaults.db})` },
  plan: { value: 'FILE', help: 'the tracking plan, TypeScript or JavaScript (a general one)' },
  writeKey: { value: 'KEY', help: 'write key for browsers, several with commas (made at the first start)' },
  secretKey: { value: 'KEY', help: 'secret key for servers (made at the first start)' },
  adminKey: { value: 'KEY', help: 'admin key (made at the first start)' },
  allowedOrigin: { value: 'ORIGIN', help: 'page origins that may use --write-key, with commas (any)' },
  userTokenSecret: { value: 'TEXT', help: 'secret that signs the user tokens, HS256 (no user tokens)' },
  geoDb: { value: 'FILE', help: 'database of places, .mmdb: events get a country (none)' },
  datacenterRanges: { value: 'FILE', help: 'address ranges of datacenters, one a line: bots (none)' },
  bots: { value: 'mark|drop|keep', help: `mark: stored, and left out of reports (${defaults.bots})` },
  durability: {
    value: 'normal|full',
    help: `full: an acknowledged event survives a power cut (${defaults.durability})`,
  },
  keepDays: { value: 'N', help: `days to keep events for, ${minKeepDays} at least; counts stay (for good)` },
  clientRate: {
    value: 'N',
    help: `events a second that one client may send, 0 for any number (${defaults.clientRate})`,
  },
  clientBurst: { value: 'N', help: `events that one client may send at once (${defaults.clientBurst})` },
  keyRate: { value: 'N', help: `events a second that may come with one key, 0 for any number (${defaults.keyRate})` },
  keyBurst: { value: 'N', help: `events that may come with one key at once (${defaults.keyBurst})` },
  maxBodyKib: { value: 'N', help: `KiB that a request’s body may have after decompression (${defaults.maxBodyKib})` },
  maxBatch: { value: 'N', help: `events that one request may have (${defaults.maxBatch})` },
  maxEventKib: { value: 'N', help: `KiB that one event may have as JSON (${defaults.maxEventKib})` },
  publicCap: {
    value: 'N',
    help: `events of one client, entity and type a day in public counts, 0 for any number (${defaults.publicCap})`,
  },
  publicReads: { value: '[true|false]', help: 'true: counts and trending may be read without a key (false)' },
  trendingHours: {
    value: 'N',
    help: `hours that trending compares with as many before (${defaults.trendingHours})`,
  },
  trendingLikes: { value: 'WEIGHT', help: `of likes in trending (${defaults.trendingLikes})` },
  trendingViews: { value: 'WEIGHT', help: `of views in trending (${defaults.trendingViews})` },
  trendingDecay: { value: 'RATE', help: `how fast trending forgets what is older, a day (${defaults.trendingDecay})` },
  trustProxy: { value: '[N]', help: 'so many proxies tell the client’s address: 1 when no number is given (none)' },
  logLevel: { value: 'LEVEL', help: `debug, info, warn, error or silent (${defaults.logLevel})` },
}

/** A setting that cannot be used. The message is one line that names it. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/** Kebab-case, for the command line. */
export const flagOf = (setting: string) => setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** For the environment: `TALLYMARK_WRITE_KEY`. */
export const variableOf = (setting: string) => `TALLYMARK_${flagOf(setting).replaceAll('-', '_').toUpperCase()}`

const settings = Object.keys(settingHelp) as Setting[]

/** All the flags that {@link readConfig} knows. */
export const configFlags = ['config', ...settings.map(flagOf)]

/**
 * The settings: flags before environment before the file that `--config` names before the defaults.
 *
 * @param flags by their names, such as `write-key`; others are not looked at
 * @throws {ConfigError} naming the setting and where it came from
 */
export function readConfig(
  flags: Readonly<Record<string, string | undefined>>,
  env: NodeJS.ProcessEnv = process.env,
): Config {
  const file = flags.config ?? (env.TALLYMARK_CONFIG || undefined)
  const fromFile = file === undefined ? {} : readFile(file)
  const given = new Map(Object.entries(fromFile).map(([name, value]) => [name, { value, from: `${name} in ${file}` }]))
  for (const setting of settings) {
    const flag = flags[flagOf(setting)]
    const variable = variableOf(setting)
    if (flag !== undefined) given.set(setting, { value: flag, from: `--${flagOf(setting)}` })
    else if (env[variable]) given.set(setting, { value: env[variable], from: variable })
  }
  const values = Object.fromEntries([...given].map(([name, { value }]) => [name, value]))
  const parsed = settingsSchema.safeParse(values)
  if (parsed.success) {
    refuseSharedKeys(parsed.data, (setting) => given.get(setting)?.from ?? setting)
    return parsed.data
  }
  const [issue] = parsed.error.issues
  if (issue?.code === 'unrecognized_keys') throw new ConfigError(`${file}: ${issue.keys.join(', ')} is not a setting`)
  throw new ConfigError(`${given.get(String(issue?.path[0]))?.from}: ${issue?.message}`)
}

/** A write key stands in every page: one that is a secret key as well would give that away. */
function refuseSharedKeys(config: Config, nameOf: (setting: string) => string): void {
  const settingOf = new Map<string, string>()
  for (const setting of ['writeKey', 'secretKey', 'adminKey'] as const) {
    for (const text of config[setting]) {
      const other = settingOf.get(text) ?? setting
      if (other !== setting) throw new ConfigError(`${nameOf(setting)}: the same key as ${nameOf(other)}`)
      settingOf.set(text, setting)
    }
  }
}

function readFile(file: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    const reason = error instanceof z.ZodError ? 'must hold one JSON object' : (error as Error).message
    // What JSON.parse quotes of the file may have line breaks in it.
    throw new ConfigError(`--config ${file}: ${reason.replace(/\s+/g, ' ')}`)
  }
}
