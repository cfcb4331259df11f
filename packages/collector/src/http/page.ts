import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { html, raw } from 'hono/html'

/** HTML in which what was put in is escaped. */
export type Html = ReturnType<typeof html>

/** The looks of a page: the one piece of its text that is not content, and named by its digest. */
export class Style {
  readonly css: string
  readonly source: string

  constructor(css: string) {
    this.css = css
    this.source = `'sha256-${createHash('sha256').update(css).digest('base64')}'`
  }
}

/** Answers with a page that runs no script, loads nothing, and can be framed by nobody. */
export async function sendPage(c: Context, { title, style, body }: { title: string; style: Style; body: Html }) {
  const page = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${raw(`<style>${style.css}</style>`)}
</head>
<body>${body}</body>
</html>
`
  return c.body(String(page), 200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-cache',
    'Content-Security-Policy': `default-src 'none'; style-src ${style.source}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  })
}
