import { countTerms } from './analyse.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

/** A paper of the archive, which the model is fitted on. */
export interface ArchivePaper {
  readonly id: string;
  readonly title: string;
  readonly abstract: string;
}

/** What is known of papers in general before an edition: fitted by night, pinned by the edition. */
export interface Model {
  /** How many archive papers it was fitted on. */
  readonly papers: number;
  /** Terms in ascending order, and in how many archive papers each of them stands. */
  readonly terms: Uint32Array;
  readonly documents: Uint32Array;
  /** Ids of the archive papers, in the order of the fit. */
  readonly ids: readonly string[];
}

const MARK = 'PBM1';

/** The model of the very first day: no archive, so that the pool alone says which words are rare. */
export const emptyModel: Model = {
  papers: 0,
  terms: new Uint32Array(0),
  documents: new Uint32Array(0),
  ids: [],
};

/**
 * Fits a model on the archive and on what consenting readers liked of it. Deterministic: the same papers and
 * likes, in whatever order, make the same model.
 * @param likes one list of archive papers' ids per consenting reader; unknown ids are passed over.
 */
export function fitModel({
  papers,
}: {
  readonly papers: readonly ArchivePaper[];
  readonly likes: readonly (readonly string[])[];
}): Model {
  const sorted = [...papers].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const frequency = new Map<number, number>();
  for (const { title, abstract } of sorted) {
    const { single, double } = countTerms(title, abstract);
    for (const term of single.keys()) frequency.set(term, (frequency.get(term) ?? 0) + 1);
    for (const term of double.keys()) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  }
  const kept = [...frequency].filter(([, count]) => count > 1).sort(([a], [b]) => a - b);
  return {
    papers: sorted.length,
    terms: Uint32Array.from(kept, ([term]) => term),
    documents: Uint32Array.from(kept, ([, count]) => count),
    ids: sorted.map(({ id }) => id),
  };
}

export function packModel(model: Model): Uint8Array {
  const out = new ByteWriter();
  for (const letter of MARK) out.u8(letter.charCodeAt(0));
  out.u32(model.papers);
  for (const id of model.ids) out.text(id);
  out.u32(model.terms.length);
  model.terms.forEach((term, at) => {
    out.u24(term);
    out.u24(model.documents[at] ?? 0);
  });
  return out.done();
}

/** @throws Error when the bytes are foreign, of another version, or cut. */
export function unpackModel(bytes: Uint8Array): Model {
  const from = new ByteReader(bytes, 'packed model');
  from.mark(MARK);
  const papers = from.u32();
  const ids: string[] = [];
  for (let at = 0; at < papers; at++) ids.push(from.text());
  const size = from.u32();
  const terms = new Uint32Array(size);
  const documents = new Uint32Array(size);
  for (let at = 0; at < size; at++) {
    terms[at] = from.u24();
    documents[at] = from.u24();
  }
  from.end();
  return { papers, ids, terms, documents };
}

/** In how many archive papers the term stands; 0 when it is unknown. */
export function documentsWith(model: Model, term: number): number {
  let low = 0;
  let high = model.terms.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = model.terms[middle] as number;
    if (found === term) return model.documents[middle] as number;
    if (found < term) low = middle + 1;
    else high = middle - 1;
  }
  return 0;
}
