import { entityQuestions } from './questions/entities.ts'
import type { Question } from './questions/question.ts'
import { siteQuestions } from './questions/site.ts'
import { sessionQuestion, viewerQuestions } from './questions/viewers.ts'

/** What is asked, about one session of the history beside all others. */
export const questionsWith = (session: string): readonly Question[] => [
  ...entityQuestions,
  ...siteQuestions,
  ...viewerQuestions,
  sessionQuestion(session),
]
