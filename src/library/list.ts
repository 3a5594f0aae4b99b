import { arxivId, doi } from '../domain/paper.ts';
import { type Collected, isFull, namesIn } from './entry.ts';

/** arXiv ids, DOIs and links to either, one or several a line; what stands behind `#` is a remark. */
export function parseList(text: string, collected: Collected): void {
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    if (isFull(collected)) return;
    const said = line.replace(/(?:^|\s)#.*$/, '').slice(0, LINE_CHARS_MAX);
    if (said.trim() === '') continue;
    const words = said.split(/[\s,;]+/).map((word) => word.replace(/^["'<([]+|["'>)\].]+$/g, ''));
    const named = words.filter((word) => arxivId(word) !== undefined || doi(word) !== undefined);
    const all = named.length > 0 ? named.map((word) => namesIn([word])) : [namesIn([said])];
    for (const names of all) {
      if (names.arxivId === undefined && names.doi === undefined) {
        collected.refused.push({ at: index + 1, why: 'noId' });
      } else if (!isFull(collected)) {
        collected.entries.push({ at: index + 1, ...names, title: '', abstract: '' });
      }
    }
  }
}

const LINE_CHARS_MAX = 2_000;
