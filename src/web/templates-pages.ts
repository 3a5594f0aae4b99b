import { html } from 'hono/html';
import { countedErrors, type Verdict } from '../checker.ts';
import type { Proof, Proofs } from '../templates.ts';
import type { Markup } from './page.ts';

/** Loads the page again when a template changed, and asks for the checker's verdict. */
export const DEV_SCRIPT = `
const events = new EventSource('/events');
let away = false;
events.addEventListener('change', () => location.reload());
events.addEventListener('error', () => { away = true; });
events.addEventListener('open', () => { if (away) location.reload(); });
const kept = Number(sessionStorage.getItem('scroll:' + location.pathname));
if (kept > 0) scrollTo(0, kept);
addEventListener('beforeunload', () => sessionStorage.setItem('scroll:' + location.pathname, scrollY));
const verdict = document.getElementById('verdict');
document.getElementById('judge')?.addEventListener('click', async ({ target }) => {
  target.disabled = true;
  verdict.textContent = 'The checker is at work: a few seconds …';
  const answer = await fetch(target.dataset.from);
  const text = await answer.text();
  if (answer.headers.get('content-type')?.includes('html')) verdict.innerHTML = text;
  else verdict.textContent = text;
  target.disabled = false;
});
`;

const STYLE = `
:root{color-scheme:light dark;--rule:#d0d7de;--quiet:#57606a;--good:#1a7f37;--bad:#c62828;--ground:#f6f8fa}
@media (prefers-color-scheme:dark){:root{--rule:#30363d;--quiet:#9da7b3;--good:#7ee787;--bad:#ff8a80;--ground:#161b22}}
*{box-sizing:border-box}
body{margin:0;font:15px/1.5 system-ui,sans-serif}
main{padding:24px 28px 60px;max-width:1240px;margin:0 auto}
h1{font-size:22px;margin:0 0 4px}h2{font-size:16px;margin:28px 0 8px}
p{margin:4px 0}.quiet{color:var(--quiet)}
table{border-collapse:collapse}th,td{padding:5px 18px 5px 0;text-align:left;font-weight:400;border-bottom:1px solid var(--rule);vertical-align:top}
th{color:var(--quiet);white-space:nowrap}td.number{text-align:right;font-variant-numeric:tabular-nums}
.good{color:var(--good)}.bad{color:var(--bad)}
pre{margin:0;padding:14px 16px;background:var(--ground);border:1px solid var(--rule);border-radius:8px;overflow:auto;white-space:pre-wrap;word-break:break-word;font:13px/1.5 ui-monospace,monospace;max-height:640px}
.frames{display:flex;gap:20px;overflow-x:auto;padding-bottom:8px}
figure{margin:0;flex:none}figcaption{color:var(--quiet);padding-bottom:6px}
iframe{display:block;height:820px;border:1px solid var(--rule);border-radius:8px;background:#fff}
.dark iframe{background:#0d1117;color-scheme:dark}
nav a{display:inline-block;margin:0 14px 4px 0;line-height:26px}nav b{display:inline-block;margin:0 14px 4px 0;line-height:26px}
button{font:inherit;padding:5px 14px}
`;

function page(title: string, body: Markup): Markup {
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head><body><main>${body}</main><script src="/dev.js"></script></body></html>`;
}

const pathOf = (way: string, { template, case: name }: Proof) => `/${way}/${template}/${name}`;
const kilobytes = (text: string | undefined) =>
  text === undefined ? '–' : `${(Buffer.byteLength(text) / 1000).toFixed(1)} kB`;

/** Every template with every sample, and which of them are faulty. */
export function indexPage(all: readonly Proofs[], folders: readonly string[]): Markup {
  const faults = all.flatMap(({ proofs }) => proofs).filter((one) => one.faults.length > 0).length;
  const broken = all.filter((one) => one.broken !== undefined).length;
  const state =
    faults + broken === 0
      ? html`<span class="good">no fault</span>`
      : html`<span class="bad">${faults} emails with faults, ${broken} templates that do not load</span>`;
  return page(
    'Templates',
    html`<h1>Templates</h1><p>${state}</p>
<p class="quiet">From ${folders.join(', then from ')}. This page loads again when a file there changes.</p>
${all.map(({ template, broken: why, proofs }) => html`<h2>${template}</h2>${why === undefined ? proofTable(proofs) : html`<pre class="bad">${why}</pre>`}`)}`,
  );
}

function proofTable(proofs: readonly Proof[]): Markup {
  return html`<table><tr><th>sample</th><th>HTML</th><th>text</th><th>subject</th><th>checks</th></tr>
${proofs.map(
  (proof) =>
    html`<tr><td><a href="${pathOf('show', proof)}">${proof.case}</a></td><td class="number">${kilobytes(proof.email?.html)}</td><td class="number">${kilobytes(proof.email?.text)}</td><td dir="auto">${proof.email?.subject ?? ''}</td><td>${proof.faults.length === 0 ? html`<span class="good">pass</span>` : html`<span class="bad">${proof.faults.map(({ rule }) => rule).join(', ')}</span>`}</td></tr>`,
)}</table>`;
}

/** One email: as it looks, its text, its headers, its size and what the checks say. */
export function proofPage(proof: Proof, all: readonly Proofs[], checker: boolean): Markup {
  const { email, faults } = proof;
  const siblings = all.find((one) => one.template === proof.template)?.proofs ?? [];
  const headers = Object.entries({
    From: email?.from ?? '',
    To: email?.to ?? '',
    Subject: email?.subject ?? '',
    ...email?.headers,
  });
  return page(
    `${proof.template} ${proof.case}`,
    html`<p><a href="/">All templates</a></p><h1>${proof.template}: ${proof.case}</h1>
<nav>${siblings.map((one) => (one.case === proof.case ? html`<b>${one.case}</b>` : html`<a href="${pathOf('show', one)}">${one.case}</a>`))}</nav>
<h2>Checks</h2>${faults.length === 0 ? html`<p class="good">Every rule is kept.</p>` : html`<table>${faults.map(({ rule, why }) => html`<tr><td class="bad">${rule}</td><td>${why}</td></tr>`)}</table>`}
<p class="quiet">HTML ${kilobytes(email?.html)} of 90 kB, text ${kilobytes(email?.text)}.</p>
${checker && email?.html !== undefined ? html`<p><button id="judge" data-from="${pathOf('verdict', proof)}">Ask the external checker</button></p><div id="verdict"></div>` : ''}
${email?.html === undefined ? html`<p class="quiet">This layout has no HTML part.</p>` : frames(proof)}
<h2>Text</h2><pre>${email?.text ?? ''}</pre>
<h2>Headers</h2><table>${headers.map(([name, value]) => html`<tr><th>${name}</th><td dir="auto">${value}</td></tr>`)}</table>`,
  );
}

function frames(proof: Proof): Markup {
  const views = [
    { label: 'Desktop, 700 px', width: 700, scheme: 'light' },
    { label: 'Phone, 375 px', width: 375, scheme: 'light' },
    { label: 'Phone, dark', width: 375, scheme: 'dark' },
    { label: 'Desktop, dark', width: 700, scheme: 'dark' },
  ];
  return html`<h2>HTML</h2><div class="frames">${views.map(
    ({ label, width, scheme }) =>
      html`<figure class="${scheme}"><figcaption>${label}</figcaption><iframe sandbox title="${label}" width="${width}" src="${pathOf('html', proof)}?scheme=${scheme}"></iframe></figure>`,
  )}</div>`;
}

/** What the external checker said, for the place that the page holds for it. */
export function checkerPart(verdict: Verdict | undefined, mimics: boolean): Markup {
  if (verdict === undefined) return html`<p>It judges HTML only.</p>`;
  const { score, warnings } = verdict;
  const errors = countedErrors(verdict, mimics);
  const excused = verdict.errors.length - errors.length;
  return html`<p class="${errors.length === 0 ? 'good' : 'bad'}">${errors.length} errors, ${score} points of 100${excused === 0 ? '' : html`, ${excused} findings left out: this sample’s papers are written so`}</p>
<table>${errors.map((line) => html`<tr><td class="bad">error</td><td>${line}</td></tr>`)}${warnings.map((line) => html`<tr><td>warning</td><td>${line}</td></tr>`)}</table>`;
}
