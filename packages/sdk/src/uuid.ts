const pattern = /^[\da-f]{8}-[\da-f-]{27}$/i

export const isUuid = (text: string | null): text is string => pattern.test(text as string)
