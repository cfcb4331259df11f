/** What came back for a request. */
export interface Answer {
  /** The HTTP status; 0 when nothing came back. */
  status: number
  body: string
  retryAfter: string | null
}

export async function readAnswer(response: Response): Promise<Answer> {
  // One that breaks off says nothing.
  const body = await response.text().catch(() => '')
  return { status: response.status, body, retryAfter: response.headers.get('retry-after') }
}
