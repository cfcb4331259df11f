import { isProgram } from './program.ts'

/** Where Debian puts the programs that the full tests need beside Chromium, by the package that brings them. */
const PROGRAMS = {
  firefox: { package: 'firefox-esr', place: '/usr/bin/firefox-esr' },
  webkit: { package: 'webkit2gtk-driver', place: '/usr/bin/WebKitWebDriver' },
  xvfb: { package: 'xvfb', place: '/usr/bin/Xvfb' },
} as const

export type Engine = keyof typeof PROGRAMS

export const engines = Object.keys(PROGRAMS) as Engine[]

/**
 * The path of a program of the full tests. Throws one sentence when there is none, so that a missing browser is never
 * a skipped test.
 */
export function findEngine(engine: Engine): string {
  const { package: name, place } = PROGRAMS[engine]
  if (isProgram(place)) return place
  throw new Error(`No ${engine} found at ${place}: install Debian’s package ${name}.`)
}

/** The packages whose programs are not there. */
export const missingPackages = (): string[] =>
  Object.values(PROGRAMS)
    .filter(({ place }) => !isProgram(place))
    .map(({ package: name }) => name)
