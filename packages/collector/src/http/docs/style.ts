import { Style } from '../page.ts'

export const style = new Style(`
:root {
  color-scheme: light dark;
  --ink: #1c2024; --quiet: #5b636b; --paper: #fff; --shade: #f4f5f7; --line: #dfe2e6; --link: #0b5cad;
}
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e7ea; --quiet: #9aa3ac; --paper: #15181b; --shade: #1f2428; --line: #343a40; --link: #7cb8f5; }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0; color: var(--ink); background: var(--paper);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: break-word;
}
a { color: var(--link); text-underline-offset: .15em; }
a:not(:hover) { text-decoration-color: color-mix(in srgb, currentColor 35%, transparent); }
code, pre { font: .875em/1.5 ui-monospace, 'Cascadia Mono', 'Liberation Mono', monospace; }
code { background: var(--shade); padding: .1em .3em; border-radius: .25em; }
pre { background: var(--shade); padding: .9rem 1rem; border-radius: .4rem; overflow-x: auto; }
pre code { background: none; padding: 0; font-size: 1em; }
h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance; }
h1 { margin: 0 0 1rem; font-size: 1.9rem; }
h2 { margin: 3rem 0 .75rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: 1.4rem; }
h3 { margin: 2.5rem 0 .5rem; font-size: 1.05rem; }
h4 { margin: 1.25rem 0 .4rem; font-size: .8rem; letter-spacing: .04em; text-transform: uppercase; color: var(--quiet); }
table { display: block; overflow-x: auto; border-collapse: collapse; margin: .5rem 0 1rem; font-size: .925rem; }
th, td { padding: .4rem .9rem .4rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--quiet); font-weight: 600; }
.fields td:first-child { white-space: nowrap; }
td:last-child { min-width: 12rem; }
.layout { display: grid; max-width: 80rem; margin: 0 auto; }
nav { padding: 1.25rem; background: var(--shade); font-size: .925rem; }
nav strong { display: block; margin: 0 0 .25rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .1rem 1rem; margin: 0 0 1rem; padding: 0; list-style: none; }
nav [aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; }
main { min-width: 0; padding: 1.5rem 1.25rem 5rem; }
.method { display: inline-block; min-width: 3.6em; font-weight: 700; }
.path { background: none; padding: 0; font-size: 1em; }
.quiet { color: var(--quiet); }
:target { scroll-margin-top: 1rem; }
h3:target, tr:target { outline: 2px solid var(--link); outline-offset: .4rem; border-radius: .2rem; }
@media (min-width: 62rem) {
  .layout { grid-template-columns: 15rem minmax(0, 1fr); }
  nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 2rem 1.25rem; }
  nav ul { display: block; }
  main { padding: 2rem 3rem 6rem; }
}
`)
