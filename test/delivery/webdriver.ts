import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** One browser over WebDriver, and the process that drives it: that holds one session only. */
export interface WebDriverSession {
  browserVersion: string
  call<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<T>
  end(): Promise<void>
}

interface NewSession {
  sessionId: string
  capabilities: { browserVersion: string }
}

export interface WebDriverOptions {
  program: string
  environment: NodeJS.ProcessEnv
  /** What the browser is asked for. */
  capabilities: object
}

/** Now and then a browser starts and does not report to the process that drives it: then another one does. */
export async function startWebDriver(options: WebDriverOptions): Promise<WebDriverSession> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(options)
    } catch (error) {
      if (attempt === 3) throw error
    }
  }
}

async function start({ program, environment, capabilities }: WebDriverOptions): Promise<WebDriverSession> {
  const port = await findFreePort()
  const driver = spawn(program, [`--port=${port}`], { env: { ...process.env, ...environment }, stdio: 'ignore' })
  const ended = once(driver, 'exit')
  const base = `http://127.0.0.1:${port}`
  async function stop(): Promise<void> {
    driver.kill()
    await ended
  }
  try {
    while (!(await isReady(base))) {
      if (driver.exitCode !== null) throw new Error(`${program} ended with exit code ${driver.exitCode}.`)
      await sleep(50)
    }
    const asked = { capabilities: { alwaysMatch: capabilities } }
    const { sessionId, capabilities: got } = await call<NewSession>('POST', `${base}/session`, asked)
    const session = `${base}/session/${sessionId}`
    return {
      browserVersion: got.browserVersion,
      call: (method, path, body) => call(method, session + path, body),
      async end() {
        await call('DELETE', session).finally(stop)
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** A browser that takes longer than this to do anything has come to a stop. */
const patienceMs = 10_000

async function call<T>(method: string, url: string, body?: unknown): Promise<T> {
  const said = body === undefined ? {} : { body: JSON.stringify(body) }
  const response = await fetch(url, { method, ...said, signal: AbortSignal.timeout(patienceMs) }).catch((error) => {
    throw new Error(`${method} ${url} failed`, { cause: error })
  })
  const { value } = (await response.json()) as { value: T & { error?: string; message?: string } }
  if (!response.ok) throw new Error(`${method} ${url}: ${value.error}: ${value.message}`)
  return value
}

const isReady = (base: string) =>
  fetch(`${base}/status`).then(
    ({ ok }) => ok,
    () => false,
  )

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
