/** Progress goes beside the tables, which are written to standard output. */
export const say = (line: string) => console.error(line)

export const perSecond = (events: number, seconds: number) =>
  `${Math.round(events / seconds).toLocaleString('en')} events/s`
