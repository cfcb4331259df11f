const pattern = /^[\da-f]{8}-[\da-f-]{27}$/i

export const isUuid = (value: unknown): value is string => typeof value === 'string' && pattern.test(value)
