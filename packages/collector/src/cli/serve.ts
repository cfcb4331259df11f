import { pino } from 'pino'
import { type Collector, type CollectorOptions, createCollector } from '../collector.ts'
import { type Config, ConfigError, configFlags, flagOf, readConfig, settingHelp, variableOf } from '../config.ts'
import { defaultRates, type Rate } from '../http/rates.ts'
import { loadAddressRanges, loadPlaces } from '../load-client-data.ts'
import { loadPlan } from '../load-plan.ts'
import { StoreError } from '../store/store.ts'
import { banner } from './banner.ts'
import type { Command } from './command.ts'
import { configuredKeys, makeFirstKeys } from './first-keys.ts'
import { type Listening, listenOn } from './listen.ts'

/** An orderly end takes ten seconds at most: connections that are still busy by now are cut. */
const stopWithinMs = 7000

/** Something in here broke: sysexits' EX_SOFTWARE. */
const exitSoftware = 70

const settingLines = Object.entries(settingHelp).map(
  ([setting, { value, help }]) => `  ${`--${flagOf(setting)} ${value}`.padEnd(29)}${help}`,
)

export const serve: Command = {
  summary: 'starts the collector',
  usage: `Usage: tallymark serve [SETTINGS]

${settingLines.join('\n')}
  ${'--config FILE'.padEnd(29)}a JSON file with any of these, named as in writeKey

Each has a twin in the environment, such as ${variableOf('writeKey')}.`,
  options: configFlags,
  bareOptions: ['trust-proxy', 'public-reads'],

  async run({ options }) {
    const config = readConfig(options)
    const files = await readFiles(config)
    const listening = await listenOn(config)
    try {
      return await collect(config, files, listening)
    } finally {
      listening.server.close()
    }
  },
}

type Files = Pick<CollectorOptions, 'plan' | 'places' | 'datacenters'>

/** The files that settings name, before anything else is touched. */
async function readFiles(config: Config): Promise<Files> {
  const plan = await read('plan', loadPlan)
  const places = await read('geoDb', loadPlaces)
  const datacenters = await read('datacenterRanges', loadAddressRanges)
  return { ...(plan && { plan }), places, datacenters }

  async function read<T>(setting: 'plan' | 'geoDb' | 'datacenterRanges', load: (file: string) => T | Promise<T>) {
    const file = config[setting]
    try {
      return file === undefined ? undefined : await load(file)
    } catch (error) {
      throw error instanceof ConfigError ? new ConfigError(`--${flagOf(setting)} ${error.message}`) : error
    }
  }
}

/** From the opening of the file to its closing; answers the exit code. */
async function collect(config: Config, files: Files, listening: Listening): Promise<number> {
  const log = pino(
    { level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination(2),
  )
  const failure = Promise.withResolvers<number>()
  const collector = await createCollector({
    file: config.db,
    ...files,
    keys: configuredKeys(config),
    userTokenSecret: config.userTokenSecret,
    bots: config.bots,
    durability: config.durability,
    rates: {
      client: rateOf(config.clientRate, config.clientBurst),
      key: rateOf(config.keyRate, config.keyBurst),
      guesses: defaultRates.guesses,
    },
    limits: {
      bodyBytes: config.maxBodyKib * 1024,
      batchEvents: config.maxBatch,
      eventBytes: config.maxEventKib * 1024,
    },
    publicCap: config.publicCap,
    publicReads: config.publicReads,
    trending: {
      windowMs: config.trendingHours * 3_600_000,
      weights: { likes: config.trendingLikes, views: config.trendingViews, decay: config.trendingDecay },
    },
    trustProxy: config.trustProxy,
    keepDays: config.keepDays,
    // A line for every request would cost more than the request: only who asks for it pays.
    ...(log.isLevelEnabled('debug') && { onRequest: (line) => log.debug(line, 'answered') }),
    onError(error, request) {
      log.error({ err: error, ...request }, 'something went wrong')
      // Without its writer the process is of no use: it ends, and a supervisor starts a new one.
      if (error instanceof StoreError && error.code === 'ended') failure.resolve(exitSoftware)
    },
  })
  try {
    const newKeys = await makeFirstKeys(collector.store, config)
    const ended = Promise.race([failure.promise, signalled()])
    listening.answerWith(collector)
    console.log(banner({ url: listening.url, newKeys, plan: collector.plan.name, file: config.db }))
    const code = await ended
    await finishRequests(collector, listening)
    return code
  } finally {
    await collector.close()
  }
}

const rateOf = (perSecond: number, burst: number): Rate | undefined =>
  perSecond === 0 ? undefined : { perSecond, burst }

/** Resolves with the exit code of an orderly end. */
function signalled(): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(0))
  })
}

/** Takes nothing new, and finishes what is under way. */
async function finishRequests(collector: Collector, { server }: Listening): Promise<void> {
  collector.stop()
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // A connection becomes idle when its last answer is out; its client may mean to keep it for much longer.
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  const late = setTimeout(() => server.closeAllConnections(), stopWithinMs)
  await closed
  clearInterval(sweep)
  clearTimeout(late)
}
