import type { KeyKind } from '../store/store.ts'

interface Started {
  url: string
  newKeys: Partial<Record<KeyKind, string>>
  plan: string
  file: string
}

/** What the operator sees: where it listens, and at the first start the keys and a snippet that works as pasted. */
export function banner({ url, newKeys, plan, file }: Started): string {
  const lines = ['', `  Tallymark listens on ${url}`, `  plan ${plan}, database ${file}`]
  const { write, secret, admin } = newKeys
  if (write || secret || admin) {
    lines.push('', '  Keys, shown this once:')
    if (write) lines.push(`    write    ${write}   for browsers, may be seen`)
    if (secret) lines.push(`    secret   ${secret}   for your servers`)
    if (admin) lines.push(`    admin    ${admin}   for you`)
  }
  if (write) {
    lines.push('', '  Paste this into any page:', '', snippet(url, write).replace(/^/gm, '    '), '')
    lines.push('  and see, some seconds after a click, what it counted:', '')
    lines.push(`    curl '${url}/v1/counts?entityType=page&entityId=home&key=${write}'`)
  }
  return [...lines, ''].join('\n')
}

function snippet(url: string, writeKey: string): string {
  return `<script>tallymark = window.tallymark || []</script>
<script defer src="${url}/tallymark.js" data-write-key="${writeKey}"></script>
<button onclick="tallymark.push(['track', 'like', { entity: { type: 'page', id: 'home' } }])">Like</button>`
}
