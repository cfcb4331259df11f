import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleScripts } from './bundle.ts'

const folder = fileURLToPath(new URL('./site', import.meta.url))

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
}

export interface SiteOptions {
  /** The collector's address, and the public key for it. */
  endpoint: string
  writeKey: string
  /** 0 takes any free one. */
  port: number
}

export interface Site {
  url: string
  stop(): Promise<void>
}

/** Serves the listings. The files are read once, so that nothing else in the folder can ever be asked for. */
export async function startSite({ endpoint, writeKey, port }: SiteOptions): Promise<Site> {
  const files = await readSite({ endpoint, writeKey })
  const policy = `default-src 'self'; connect-src ${new URL(endpoint).origin}; object-src 'none'; base-uri 'none'`

  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? '/'
    const body = files.get(path)
    if (body === undefined) return response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found')
    response.writeHead(200, {
      'Content-Type': contentTypes[extname(path) || '.html'],
      'Content-Security-Policy': policy,
      'Cache-Control': 'no-cache',
    })
    return response.end(body)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new Error(`Another program listens on port ${port} already.`) : error),
    )
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Everything that the site consists of, by path. */
async function readSite(values: Record<string, string>): Promise<Map<string, string>> {
  const files = await bundleScripts()
  for (const name of await readdir(folder, { recursive: true })) {
    // The TypeScript sources are in the bundle.
    if (!(extname(name) in contentTypes)) continue
    const text = await readFile(join(folder, name), 'utf8')
    if (name === 'index.html') files.set('/', fillIn(text, values))
    else files.set(`/${name.split(sep).join('/')}`, text)
  }
  return files
}

/** Writes values where the page has `{{name}}`. */
function fillIn(page: string, values: Record<string, string>): string {
  return page.replace(/\{\{(\w+)\}\}/g, (_, name: string) =>
    (values[name] ?? '').replace(/[&<"]/g, (character) => `&#${character.charCodeAt(0)};`),
  )
}
