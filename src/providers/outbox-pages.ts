import { html } from 'hono/html';

/** One email as the pages list it. */
export interface Row {
  /** The subscriber's number, which is the file's name. */
  readonly number: number;
  readonly to: string;
  readonly subject: string;
  /** Size of the .eml. */
  readonly bytes: number;
  readonly html: boolean;
}

/** An edition as the first page lists it. */
export interface Summary {
  readonly edition: string;
  readonly emails: number;
  readonly bytes: number;
}

/** A page of a long edition: 1-based, of how many. */
export interface Position {
  readonly page: number;
  readonly pages: number;
}

type Markup = ReturnType<typeof html>;

/** `17` is `000017`: names sort like numbers. */
export function fileStem(number: number | string): string {
  return String(number).padStart(6, '0');
}

/** The file of a page of an edition; the first one is what a folder opens with. */
export function pageFile(page: number): string {
  return page === 1 ? 'index.html' : `index-${page}.html`;
}

/** The first page: every edition, newest name first. */
export async function outboxPage(summaries: readonly Summary[]): Promise<string> {
  const newestFirst = summaries.toSorted(
    (a, b) => dateOf(b).localeCompare(dateOf(a)) || a.edition.localeCompare(b.edition),
  );
  return document(
    'Outbox',
    html`<main>
      <h1>Outbox</h1>
      <p class="quiet">Emails that Paperboy wrote to this folder instead of sending them.</p>
      ${summaries.length === 0 ? html`<p>No email yet.</p>` : ''}
      <ol class="list">
        ${newestFirst.map(
          ({ edition, emails, bytes }) => html`<li>
            <a class="subject" href="${edition}/index.html">${edition}</a>
            <span class="quiet">${counted(emails)}, ${size(bytes)}</span>
          </li>`,
        )}
      </ol>
    </main>`,
  );
}

/** A page of one edition: its emails beside a frame that shows the one chosen. */
export async function editionPage(
  summary: Summary,
  rows: readonly Row[],
  position: Position,
): Promise<string> {
  const [first] = rows;
  return document(
    `${summary.edition} · Outbox`,
    html`<div class="mail">
      <header>
        <a href="../../index.html">Outbox</a>
        <h1>${summary.edition}</h1>
        <p class="quiet">${counted(summary.emails)}, ${size(summary.bytes)}</p>
      </header>
      <nav aria-label="Emails" tabindex="0">
        <ol class="list">
          ${rows.map(item)}
        </ol>
        ${position.pages > 1 ? pager(position) : ''}
      </nav>
      <iframe
        name="reader"
        title="The chosen email"
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        ${first === undefined ? '' : html`src="${readableFile(first)}"`}
      ></iframe>
    </div>`,
  );
}

/**
 * The HTML part as a page of its own: without script, its links opening outside of the frame. The
 * byte order mark tells a browser the charset where no server does.
 */
export function readableHtml(part: string): string {
  const guard =
    "<meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'none'; object-src 'none'; frame-src 'none'; form-action 'none'\"><base target=\"_blank\">";
  return /<head(?:\s[^>]*)?>/i.test(part)
    ? `\uFEFF${part.replace(/<head(?:\s[^>]*)?>/i, (head) => head + guard)}`
    : `\uFEFF<!doctype html>${guard}${part}`;
}

/** The text part as a file of its own. */
export function readableText(part: string): string {
  return `\uFEFF${part}`;
}

function item(row: Row): Markup {
  const stem = fileStem(row.number);
  return html`<li>
    <a class="subject" href="${readableFile(row)}" target="reader"><bdi>${row.subject || '(no subject)'}</bdi></a>
    <bdi class="to">${row.to}</bdi>
    <span class="quiet">
      ${size(row.bytes)} <a href="view/${stem}.txt" target="reader">text</a> <a href="${stem}.eml">.eml</a>
    </span>
  </li>`;
}

function readableFile(row: Row): string {
  return `view/${fileStem(row.number)}.${row.html ? 'html' : 'txt'}`;
}

function pager({ page, pages }: Position): Markup {
  return html`<p class="pager">
    ${page > 1 ? html`<a href="${pageFile(page - 1)}">Previous</a>` : ''}
    <span class="quiet">Page ${page} of ${pages}</span>
    ${page < pages ? html`<a href="${pageFile(page + 1)}">Next</a>` : ''}
  </p>`;
}

function dateOf({ edition }: Summary): string {
  return edition.slice(edition.indexOf('/') + 1);
}

function counted(emails: number): string {
  return emails === 1 ? '1 email' : `${emails.toLocaleString('en')} emails`;
}

function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
  return `${(bytes / 1_000_000).toLocaleString('en', { maximumFractionDigits: 1 })} MB`;
}

async function document(title: string, content: Markup): Promise<string> {
  return String(
    await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="script-src 'none'; object-src 'none'; base-uri 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
${style}
</head>
<body>
${content}
</body>
</html>
`,
  );
}

const style = html`<style>
:root { color-scheme: light dark; --text: #1f2328; --quiet: #57606a; --rule: #d0d7de; --link: #0b3d91; --hover: #f0f4fa; --ground: #fff; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --quiet: #9da7b3; --rule: #30363d; --link: #79b8ff; --hover: #161b22; --ground: #0d1117; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.375rem; line-height: 1.25; overflow-wrap: anywhere; }
p { margin: 0.25rem 0 0; }
a { color: var(--link); }
.quiet { color: var(--quiet); font-size: 0.875rem; font-variant-numeric: tabular-nums; }
.list { list-style: none; margin: 0; padding: 0; }
.list li { position: relative; padding: 0.75rem 1rem; border-bottom: 1px solid var(--rule); }
.list li:hover, .list li:focus-within { background: var(--hover); }
.list li > * { display: block; overflow-wrap: anywhere; }
.list .subject { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; font-weight: 600; text-decoration: none; }
.subject::after { content: ""; position: absolute; inset: 0; }
.list li:hover .subject { text-decoration: underline; }
.to { font-size: 0.875rem; }
.quiet a { position: relative; z-index: 1; display: inline-block; padding: 0.25rem; margin-left: 0.5rem; }
.pager { display: flex; justify-content: space-between; gap: 1rem; margin: 0; padding: 1rem; }
main { max-width: 44rem; margin: 0 auto; padding: 2rem 1rem; }
main .list { margin: 1rem -1rem 0; border-top: 1px solid var(--rule); }
header h1 { font-size: 1.125rem; }
header p { margin: 0; }
.mail { display: grid; height: 100vh; height: 100dvh; grid: auto minmax(0, 1fr) / minmax(18rem, 24rem) minmax(0, 1fr); }
header { grid-column: 1 / -1; display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1rem; padding: 0.75rem 1rem; border-bottom: 1px solid var(--rule); }
nav { overflow-y: auto; border-right: 1px solid var(--rule); }
iframe { width: 100%; height: 100%; border: 0; }
@media (max-width: 48rem) {
  .mail { grid: auto minmax(0, 2fr) minmax(0, 3fr) / minmax(0, 1fr); }
  nav { border-right: 0; border-bottom: 2px solid var(--rule); }
}
</style>`;
