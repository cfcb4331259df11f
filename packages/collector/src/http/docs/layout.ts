import { html } from 'hono/html'
import type { OpenApiDocument } from '../openapi.ts'
import type { Html } from '../page.ts'
import type { Guide } from './guides.ts'
import { chapterId } from './reference.ts'

/**
 * The contents beside one of their pages.
 *
 * @param current name of the guide that is shown; undefined: the reference
 */
export function layout(
  document: OpenApiDocument,
  guides: readonly Guide[],
  current: string | undefined,
  main: Html,
): Html {
  // Relative, for the collector may be mounted under a path: the guides lie one deeper than the reference.
  const [toReference, toGuides] = current === undefined ? ['', 'docs/'] : ['../docs', '']
  const link = (href: string, text: string, isCurrent = false) =>
    html`<li><a href="${href}"${isCurrent ? html` aria-current="page"` : ''}>${text}</a></li>`
  return html`<div class="layout">
<nav aria-label="Contents">
<strong>Tallymark</strong>
<p class="quiet">collector ${document.info.version}</p>
<strong>Guides</strong>
<ul>${guides.map(({ name, title }) => link(`${toGuides}${name}`, title, name === current))}</ul>
<strong>HTTP API</strong>
<ul>
${link(`${toReference}#authentication`, 'Authentication')}
${document.tags.map(({ name }) => link(`${toReference}#${chapterId(name)}`, name))}
${link(`${toReference}#schemas`, 'Schemas')}
${link(`${toReference}#problems`, 'Problems')}
</ul>
</nav>
<main>${main}</main>
</div>`
}
