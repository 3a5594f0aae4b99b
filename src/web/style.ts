import { createHash } from 'node:crypto';

/** The look of every page: part of the document, so that no second request holds it up. */
export const style = `
:root{color-scheme:light dark;--ground:#f4f5f7;--card:#fff;--text:#1f2328;--quiet:#57606a;--rule:#e1e4e8;--edge:#7d8590;--link:#0b3d91;--on:#fff;--good:#1a5c2a;--bad:#a40e26;--soft:#eef2f9}
@media(prefers-color-scheme:dark){:root{--ground:#0d1117;--card:#161b22;--text:#e6edf3;--quiet:#9da7b3;--rule:#30363d;--edge:#768390;--link:#79b8ff;--on:#0d1117;--good:#7ee787;--bad:#ff9a94;--soft:#1b2431}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--text);font:16px/1.6 -apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;overflow-wrap:anywhere}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.5rem 1rem;z-index:1}
.wide{max-width:42rem;margin:0 auto;padding:0 1.25rem}
header .wide{display:flex;flex-wrap:wrap;align-items:baseline;gap:.25rem 1.5rem;padding-top:1.25rem;padding-bottom:1rem}
header nav,footer nav{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
header nav a,footer a{color:var(--quiet);padding:.25rem 0;font-size:.9375rem}
.wordmark{font:700 1.5rem/1.3 Georgia,'Times New Roman',serif;letter-spacing:-.01em;color:var(--text);text-decoration:none}
h1,.title{font-family:Georgia,'Times New Roman',serif;font-weight:400;letter-spacing:-.015em;text-wrap:balance}
h1{font-size:2rem;line-height:1.2;margin:0 0 .5rem}
h2{font-size:1.1875rem;line-height:1.35;margin:0;font-weight:600}
h3{font-size:1rem;margin:0}
p{margin:.75rem 0 0}
.lead{font-size:1.0625rem;color:var(--quiet);margin:0 0 1.5rem}
.card{background:var(--card);border:1px solid var(--rule);border-radius:12px;padding:2rem 2.25rem;margin:0 0 1.5rem}
.card>:first-child{margin-top:0}
.quiet{color:var(--quiet);font-size:.9375rem}
.said{border-left:4px solid var(--good);background:var(--soft);padding:.75rem 1rem;margin:0 0 1.5rem;border-radius:0 8px 8px 0}
.said.bad{border-color:var(--bad)}
.fault{color:var(--bad);font-size:.9375rem;margin:.375rem 0 0}
form{margin:0}
label,legend{font-weight:600}
fieldset{border:0;margin:1.5rem 0 0;padding:0;min-width:0}
fieldset h2,legend{padding:0;font-size:1.0625rem}
form>fieldset+fieldset{margin-top:2rem;padding-top:1.75rem;border-top:1px solid var(--rule)}
fieldset h2{font:400 1.375rem/1.3 Georgia,'Times New Roman',serif}
.card>form>fieldset:first-child{margin-top:0}
.meta+h2{margin-top:1.25rem}
.choices{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1rem}.choices button{margin:0}
.field+.pick,.row+.pick{margin-top:1rem}
.field{margin:1.25rem 0 0}
.hint{display:block;font-weight:400;color:var(--quiet);font-size:.875rem;line-height:1.45}
input,select,textarea{font:inherit;color:inherit;background:var(--card);border:1px solid var(--edge);border-radius:8px;padding:.5625rem .75rem;width:100%;margin-top:.375rem;min-height:2.75rem}
input[type=checkbox],input[type=radio]{width:1.125rem;height:1.125rem;min-height:0;margin:.2rem 0 0;flex:none;accent-color:var(--link)}
input[type=range]{padding:0;border:0;accent-color:var(--link)}
input[aria-invalid=true],textarea[aria-invalid=true],select[aria-invalid=true]{border:2px solid var(--bad)}
.pick{display:flex;gap:.625rem;font-weight:400;padding:.25rem 0;align-items:flex-start}
.chips{display:flex;flex-wrap:wrap;gap:.5rem;margin:.625rem 0 0}
.chips .pick{border:1px solid var(--edge);border-radius:99px;padding:.25rem .875rem .25rem .625rem;font-size:.9375rem}
.row{display:grid;grid-template-columns:1fr 1fr;gap:0 1.25rem;align-items:end}
.ends{display:flex;justify-content:space-between;font-size:.875rem;color:var(--quiet)}
button,.button{display:inline-block;font:inherit;font-weight:600;line-height:1.4;cursor:pointer;min-height:2.75rem;padding:.625rem 1.375rem;margin:1.25rem .5rem 0 0;border-radius:8px;border:1px solid var(--link);background:var(--link);color:var(--on);text-decoration:none}
button.plain,.button.plain{background:transparent;color:var(--link);border-color:var(--edge)}
button.grave{background:var(--bad);border-color:var(--bad)}
button:hover,.button:hover{filter:brightness(1.12)}
.trap{position:absolute;left:-99rem;height:1px;overflow:hidden}
.papers{list-style:none;margin:0;padding:0}
.papers>li{border-top:1px solid var(--rule);padding:1.5rem 0}
.papers>li:first-child{border-top:0;padding-top:0}
.papers>li:last-child{padding-bottom:0}
.papers h2 a,.papers h3 a{text-decoration:none}.papers h2 a:hover,.papers h3 a:hover{text-decoration:underline}
.over{margin:0 0 1rem;color:var(--quiet);font-size:.9375rem}
.place{color:var(--quiet);font-variant-numeric:tabular-nums;font-weight:400}
.why{color:var(--good);font-size:.9375rem;margin:.25rem 0 0}
.meta{color:var(--quiet);font-size:.875rem;margin:.5rem 0 0}
.abstract{margin:.75rem 0 0}
.pages{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.5rem 1rem;margin:0 0 1.5rem}
.days{list-style:none;margin:0;padding:0}
.days li{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem;padding:.625rem 0;border-top:1px solid var(--rule)}
.days li:first-child{border-top:0}
.find{display:flex;gap:.625rem;align-items:flex-end}.find .field{flex:1;margin:0}.find button{margin:0}
pre{white-space:pre-wrap;font:.875rem/1.5 ui-monospace,Menlo,Consolas,monospace}
footer{color:var(--quiet);padding:0 0 3rem;font-size:.9375rem}
@media(max-width:34rem){.wide{padding:0 1rem}.card{padding:1.375rem 1.125rem;margin-left:-1rem;margin-right:-1rem;border-radius:0;border-width:1px 0}.row{grid-template-columns:1fr}h1{font-size:1.75rem}button,.button{width:100%;text-align:center;margin-right:0}.find button{width:auto}}
@media print{header nav,footer nav,form{display:none}}
`;

/** For the Content-Security-Policy: this style and no other. Unlike a nonce it lets a page be cached. */
export const styleHash = `sha256-${createHash('sha256').update(style).digest('base64')}`;

/**
 * Optional comfort, loaded after the page: puts the browser's own time zone into a form that still
 * has the guessed one.
 */
export const script = `for (const select of document.querySelectorAll('select[data-guessed]')) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...select.options].some(({ value }) => value === zone)) select.value = zone;
}
`;
