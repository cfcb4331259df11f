/**
 * What a visitor agreed to:
 * `granted` events carry an anonymous id, and what waits is stored;
 * `cookieless` nothing is stored in the browser, and nobody is recognised on the next page;
 * `pending` the choice is still open: events are kept in memory, neither stored nor sent;
 * `denied` nothing is tracked, and what was stored is removed.
 */
export type Consent = 'granted' | 'cookieless' | 'pending' | 'denied'

/** What a visitor can choose. */
export type ConsentChoice = Exclude<Consent, 'pending'>

/** Says no more than that somebody said no, and is kept for their sake. */
export const optOutKey = 'tallymark.opt_out'
