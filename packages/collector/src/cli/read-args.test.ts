import { describe, expect, test } from 'vitest'
import { ConfigError, configFlags } from '../config.ts'
import { readArgs } from './read-args.ts'

describe('a command line', () => {
  test('has words and options in any order, values behind a space or an equals sign', () => {
    const takes = { maxWords: 2, options: ['db', 'origin'] }
    const expected = { words: ['add', 'write'], options: { db: 'x.db', origin: 'https://a.example' } }
    expect(readArgs(['add', '--db', 'x.db', 'write', '--origin=https://a.example'], takes)).toEqual(expected)
    expect(readArgs(['--db=x.db', '--origin', 'https://a.example', 'add', 'write'], takes)).toEqual(expected)
    expect(readArgs([], takes)).toEqual({ words: [], options: {} })
  })

  test('has options that may stand without a value', () => {
    const takes = { options: ['port', 'trust-proxy'], bareOptions: ['trust-proxy'] }
    const read = (...args: string[]) => readArgs(args, takes).options
    expect(read('--trust-proxy')).toEqual({ 'trust-proxy': 'true' })
    expect(read('--trust-proxy', '--port', '1')).toEqual({ 'trust-proxy': 'true', port: '1' })
    expect(read('--trust-proxy', '2', '--port', '1')).toEqual({ 'trust-proxy': '2', port: '1' })
    expect(read('--trust-proxy=2')).toEqual({ 'trust-proxy': '2' })
  })

  test('takes the last of an option that is given twice, as shells’ wrappers expect it', () => {
    expect(readArgs(['--port', '1', '--port=2'], { options: ['port'] }).options).toEqual({ port: '2' })
  })

  test('has values that begin with a dash behind an equals sign, and such words behind two dashes', () => {
    const takes = { maxWords: 1, options: ['role'] }
    expect(readArgs(['--role=-x', '--', '-user'], takes)).toEqual({ words: ['-user'], options: { role: '-x' } })
  })
})

describe('what a command does not take is refused with one line that names it', () => {
  test.each([
    [['--prot', '1'], '--prot'],
    [['--prot.x=1'], '--prot.x'],
    [['--writeKey', 'k'], '--writeKey'],
    [['--port'], '--port'],
    [['--port', '--host', 'x'], '--port'],
    [['stray.txt'], "'stray.txt'"],
    [['--', 'stray'], "'stray'"],
    [['--', '--port'], "'--port'"],
    [['-p', '1'], '-p'],
    [['--no-port'], '--no-port'],
    [['--constructor', 'x'], '--constructor'],
    [['--__proto__=x'], '--__proto__'],
  ])('%j', (args, word) => {
    let said: unknown
    try {
      readArgs(args, { options: configFlags })
    } catch (error) {
      said = error
    }
    expect(said).toBeInstanceOf(ConfigError)
    expect((said as ConfigError).message).toContain(word)
    expect((said as ConfigError).message).not.toMatch(/[\r\n]/)
  })
})
