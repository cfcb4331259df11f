/** A UUID from its 16 bytes. */
export const uuidText = (bytes: Buffer): string => uuidFromHex(bytes.toString('hex'))

/** A UUID from its 32 hexadecimal digits. */
export const uuidFromHex = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
