import type { Handler } from 'hono'
import { raw } from 'hono/html'
import { z } from 'zod'
import { readGuides } from './docs/guides.ts'
import { layout } from './docs/layout.ts'
import { reference } from './docs/reference.ts'
import { style } from './docs/style.ts'
import { HttpProblem } from './http-problem.ts'
import type { OpenApiDocument } from './openapi.ts'
import { described, type Operation, text } from './operation.ts'
import { sendPage } from './page.ts'
import { readParams } from './query.ts'

const page = { 200: text('The page', 'text/html') }

const showReference = {
  id: 'getDocs',
  tag: 'Pages',
  summary: 'This document and the guides, for people',
  answers: page,
} satisfies Operation

/** `GET /docs`: what every route takes and answers, with the guides beside it. */
export function docsHandler(readDocument: () => OpenApiDocument): Handler {
  return described(showReference, (c) => {
    const document = readDocument()
    const body = layout(document, readGuides(), undefined, reference(document))
    return sendPage(c, { title: 'Tallymark: HTTP API', style, body })
  })
}

const showGuide = {
  id: 'getGuide',
  tag: 'Pages',
  summary: 'A guide',
  params: z.object({ guide: z.string() }),
  answers: page,
  problems: ['not_found'],
} satisfies Operation

/** `GET /docs/{guide}`: a guide. */
export function guideHandler(readDocument: () => OpenApiDocument): Handler {
  return described(showGuide, (c) => {
    const { guide: name } = readParams(c, showGuide.params)
    const guides = readGuides()
    const guide = guides.find((one) => one.name === name)
    if (!guide) throw new HttpProblem('not_found', 'there is no guide of this name: /docs has the contents')
    // The build made it of our own Markdown.
    const body = layout(readDocument(), guides, name, raw(guide.html))
    return sendPage(c, { title: `Tallymark: ${guide.title}`, style, body })
  })
}
