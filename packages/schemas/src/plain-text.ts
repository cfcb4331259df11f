import { z } from 'zod'

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/

/** Text that stands for something: half a surrogate pair would become another character in the database, and two ids one. */
export const plainText = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .refine(
      (text) => text.isWellFormed() && !controlCharacter.test(text),
      'must be well-formed text without control characters',
    )
