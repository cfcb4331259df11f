import { parseArgs } from 'node:util'
import { ConfigError } from '../config.ts'

/** What a command takes behind its name; nothing unless it says so. */
export interface Takes {
  /** Words that are no options, at most. */
  maxWords?: number
  /** Names of the options, without their dashes. Each has a value. */
  options?: readonly string[]
  /** Those of them that may stand without a value, and are `true` then. */
  bareOptions?: readonly string[]
}

/** What it was given. */
export interface Given {
  words: readonly string[]
  /** By name; where one was given twice the last counts, as shells' wrappers expect it. */
  options: Readonly<Record<string, string | undefined>>
}

/**
 * Reads the command line behind a command's name.
 *
 * @throws {ConfigError} naming the first word or option that the command does not take
 */
export function readArgs(args: readonly string[], { maxWords = 0, options = [], bareOptions = [] }: Takes): Given {
  const config = Object.fromEntries(options.map((name) => [name, { type: 'string' as const }]))
  const isBare = (arg: string, next = '-') =>
    arg.startsWith('--') && bareOptions.includes(arg.slice(2)) && next.startsWith('-')
  const spelledOut = args.map((arg, n) => (isBare(arg, args[n + 1]) ? `${arg}=true` : arg))
  const { tokens } = parseArgs({ args: spelledOut, options: config, strict: false, tokens: true })
  const words: string[] = []
  const values: Record<string, string> = {}
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (words.push(token.value) > maxWords) throw new ConfigError(`'${token.value}' is one word too many${seeHelp}`)
    } else if (token.kind === 'option') {
      if (!options.includes(token.name)) throw new ConfigError(`there is no option ${token.rawName}${seeHelp}`)
      values[token.name] = readValue(token)
    }
  }
  return { words, options: values }
}

const seeHelp = ': --help says what the command takes'

/** What begins with a dash is more likely the next option than a value. */
function readValue({
  rawName,
  value,
  inlineValue,
}: {
  rawName: string
  value?: string
  inlineValue?: boolean
}): string {
  if (value !== undefined && (inlineValue || !value.startsWith('-'))) return value
  throw new ConfigError(`${rawName}: its value is missing; one that begins with a dash is written ${rawName}=VALUE`)
}
