import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { testCollector } from '../testing/test-collector.ts'
import { reference } from './docs/reference.ts'
import { documentOf, type OpenApiDocument } from './openapi.ts'

const linksOf = (page: string) => [...page.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href)
const idsOf = (page: string) => new Set([...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id))

test('/docs names every operation, every schema and every problem', async () => {
  const { get, app } = await testCollector()
  const document = documentOf(app)()
  const { status, body } = await get('/docs', null)
  expect(status).toBe(200)
  const ids = idsOf(body)
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))
  const names = [
    ...operations.map(({ operationId }) => operationId),
    ...Object.keys(document.components.schemas).map((name) => `schema-${name}`),
  ]
  expect(names.filter((name) => !ids.has(name))).toEqual([])
  expect(body).toContain('<td><code>storage_unavailable</code></td>')
})

test('/docs has the guides, and no link in any page leads nowhere', async () => {
  const { get } = await testCollector()
  const pages = new Map<string, string>([['/docs', (await get('/docs', null)).body]])
  for (const path of linksOf(pages.get('/docs') ?? '').filter((href) => /^docs\/[\w-]+$/.test(href))) {
    pages.set(`/${path}`, (await get(`/${path}`, null)).body)
  }
  expect(pages.size).toBeGreaterThan(5)
  expect(pages.get('/docs/wire-format')).toContain('<h1 id="wire-format">Wire format</h1>')
  const broken = [...pages].flatMap(([path, page]) =>
    linksOf(page).filter((href) => {
      const { host, pathname, hash } = new URL(href, `http://here${path}`)
      const target = pages.get(pathname)
      if (host !== 'here' || pathname === '/openapi.json') return false
      return target === undefined || (hash !== '' && !idsOf(target).has(decodeURIComponent(hash.slice(1))))
    }),
  )
  expect(broken).toEqual([])
})

test('/docs knows no guide of another name', async () => {
  const { get } = await testCollector()
  for (const name of ['nothing', '..%2f..%2fpackage.json', '__proto__']) {
    expect(await get(`/docs/${name}`, null)).toMatchObject({ status: 404, body: { code: 'not_found' } })
  }
})

test.each(['/docs', '/docs/sdk'])(
  '%s runs nothing, loads nothing, and tells nobody where it was read',
  async (path) => {
    const { get } = await testCollector()
    const { headers, body } = await get(path, null)
    const policy = headers.get('content-security-policy')?.split('; ') ?? []
    expect(policy).toEqual([
      "default-src 'none'",
      expect.stringMatching(/^style-src 'sha256-[\w+/]{43}='$/),
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ])
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(body).not.toMatch(/<script|<link|<img|\sstyle=|\son\w+=|javascript:/i)
  },
)

test('whatever stands in a document is text', async () => {
  const { app } = await testCollector()
  const hostile = `<img src=x onerror=alert(1)>"'&`
  const document = JSON.parse(JSON.stringify(documentOf(app)()), (name, value) =>
    typeof value === 'string' && !['type', '$ref'].includes(name) ? `${value}${hostile}` : value,
  ) as OpenApiDocument
  const page = String(await reference(document))
  expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;')
  expect(page).not.toContain('<img')
  const named = { ...document, paths: { [hostile]: document.paths['/healthz'] ?? {} } }
  expect(String(await reference(named))).not.toContain('<img')
})

test('the guides are those of docs/, as the build found them', async () => {
  const { get } = await testCollector()
  const names = linksOf((await get('/docs', null)).body).filter((href) => href.startsWith('docs/'))
  for (const name of names) {
    const file = new URL(`../../../../${name}.md`, import.meta.url)
    expect(existsSync(file), name).toBe(true)
    const [, title = ''] = /^# (.+)$/m.exec(readFileSync(file, 'utf8')) ?? []
    expect((await get(`/${name}`, null)).body).toContain(`<title>Tallymark: ${title}</title>`)
  }
})
