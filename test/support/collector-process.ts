import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const command = fileURLToPath(new URL('../../packages/collector/dist/main.js', import.meta.url))

export interface Options {
  cwd?: string
  env?: Record<string, string>
  /** Words before the command, to give the process less than it would have: `prlimit --fsize=4096`. */
  within?: readonly string[]
}

export interface Ended {
  /** The exit code, or the signal that ended it. */
  code: number | NodeJS.Signals
  stdout: string
  stderr: string
}

interface Running {
  child: ChildProcess
  said: { stdout: string; stderr: string }
  ended: Promise<Ended>
}

/** The built command line in a process of its own, which does not outlive the test. */
function start(args: readonly string[], { cwd, env = {}, within = [] }: Options): Running {
  // No setting of whoever runs the tests may reach the collector.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('TALLYMARK_'))
  const options = {
    cwd,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
  }
  const [program = '', ...words] = [...within, process.execPath, command, ...args]
  const child = spawn(program, words, options)
  const said = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text
    })
  }
  const ended = once(child, 'close').then(([code, signal]): Ended => ({ code: code ?? signal, ...said }))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return { child, said, ended }
}

/** Runs `tallymark` to its end. */
export function tallymark(args: readonly string[], options: Options = {}): Promise<Ended> {
  return start(args, options).ended
}

export interface CollectorProcess {
  url: string
  pid: number
  /** Those that it made and printed. */
  keys: { write: string; secret: string; admin: string }
  said: { stdout: string; stderr: string }
  ended: Promise<Ended>
  signal(name: NodeJS.Signals): void
  /** An orderly end. */
  stop(): Promise<Ended>
  /** An end without a warning. */
  kill(): Promise<Ended>
}

/** What a process takes of the memory, in MB: now, and at most so far. */
export function memoryMb(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const read = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024
  return { now: read('VmRSS'), peak: read('VmHWM') }
}

/** For tests that send more than one client may: all of it comes from one address, with one key. */
export const withoutRates = ['--client-rate', '0', '--key-rate', '0']

/**
 * Starts `tallymark serve` on a free port, and waits until it listens. Whoever visits it in a test is a program, and
 * counts all the same unless `env` says otherwise.
 */
export async function startCollector(
  file: string,
  args: readonly string[] = [],
  { env, ...options }: Options = {},
): Promise<CollectorProcess> {
  const words = ['serve', '--db', file, '--port', '0', ...args]
  const { child, said, ended } = start(words, { ...options, env: { TALLYMARK_BOTS: 'keep', ...env } })
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', () => {
      const found = /listens on (\S+)\n[\s\S]*\n$/.exec(said.stdout)?.[1]
      if (found) resolve(found)
    })
    ended.then(({ code, stderr }) => reject(new Error(`it did not start (${code}): ${stderr}`)), reject)
  })
  const key = (kind: string) => new RegExp(`^ +${kind} +(\\S+)`, 'm').exec(said.stdout)?.[1] ?? ''
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal)
    return ended
  }
  return {
    url,
    pid: child.pid ?? 0,
    keys: { write: key('write'), secret: key('secret'), admin: key('admin') },
    said,
    ended,
    signal: (name) => void child.kill(name),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  }
}

/** Asks a collector; JSON both ways. */
export async function ask(
  url: string,
  key: string,
  {
    method = 'GET',
    body,
    headers,
    signal = null,
  }: { method?: string; body?: unknown; headers?: Record<string, string>; signal?: AbortSignal | null } = {},
): Promise<{ status: number; headers: Headers; body: unknown }> {
  const response = await fetch(url, {
    method,
    signal,
    headers: { ...(key && { authorization: `Bearer ${key}` }), 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
}
