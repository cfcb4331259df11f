import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Marked, type Tokens } from 'marked'
import type { Guide } from '../packages/collector/src/http/docs/guides.ts'

/** What users and operators read, in the order of the contents; the other documents are for contributors. */
const guides = ['sdk', 'sdk-plugins', 'tracking-plan', 'wire-format', 'reports', 'self-hosting', 'threat-model']

const root = new URL('../', import.meta.url)

/** Writes the guides as HTML beside the collector's code, which serves them without a network and without Markdown. */
export function writeGuides(): void {
  const folder = new URL('packages/collector/dist/', root)
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL('guides.json', folder), JSON.stringify(guides.map(toGuide)))
}

function toGuide(name: string): Guide {
  const markdown = readFileSync(new URL(`docs/${name}.md`, root), 'utf8')
  const title = /^# (.+)$/m.exec(markdown)?.[1]
  if (title === undefined) throw new Error(`docs/${name}.md has no title`)
  return { name, title, html: marked.parse(markdown, { async: false }) }
}

const marked = new Marked({
  renderer: {
    heading({ tokens, depth, text }: Tokens.Heading) {
      return `<h${depth} id="${idOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`
    },
    link({ href, tokens }: Tokens.Link) {
      const text = this.parser.parseInline(tokens)
      const target = targetOf(href)
      return target === undefined ? text : `<a href="${target}">${text}</a>`
    },
  },
})

/** As on the sites that show Markdown. */
const idOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .trim()
    .replace(/\s+/g, '-')

/** Where a link leads among the guides; undefined where it leads to a file that is not one of them. */
function targetOf(href: string): string | undefined {
  if (/^(https:|#)/.test(href)) return href
  const [file = '', fragment] = href.split('#')
  const name = file.replace(/\.md$/, '')
  if (!guides.includes(name)) return undefined
  return fragment === undefined ? name : `${name}#${fragment}`
}
