import { gunzipSync } from 'node:zlib'

/** What a request says: JSON, in gzip, in base64, in a form's or a URL's `data`, in whatever combination. */
export function decode(body: Buffer, url: string): unknown {
  const bytes = body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body
  const text = bytes.toString('utf8')
  const query = url.slice(url.indexOf('?') + 1)
  const form = [text, query].find((part) => /^(.*&)?data=/.test(part))
  const content = form ? (new URLSearchParams(form).get('data') ?? '') : text
  return parse(content) ?? parse(fromBase64(content)) ?? query
}

export function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
