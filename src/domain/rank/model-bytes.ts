import type { Background } from './background.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { lengthsOf } from './community.ts';
import { DIMENSIONS } from './dense.ts';
import type { Model } from './model.ts';

const MARK = 'PBM4';

export function writeModel(model: Model): Uint8Array {
  const out = new ByteWriter();
  for (const letter of MARK) out.u8(letter.charCodeAt(0));
  out.u32(model.ids.length);
  for (const id of model.ids) out.text(id);
  out.u32(model.counted);
  out.f32(model.wordsMean);
  out.u32(model.terms.length);
  for (const term of model.terms) out.u24(term);
  for (const count of model.documents) out.u24(count);
  const { meaning, index, community } = model;
  out.u32(meaning.terms.length);
  for (const term of meaning.terms) out.u24(term);
  for (const scale of meaning.scales) out.f32(scale);
  out.bytes(unsigned(meaning.directions));
  out.u32(index.terms.length);
  for (const term of index.terms) out.u24(term);
  for (let at = 0; at < index.terms.length; at++) {
    out.u24((index.starts[at + 1] as number) - (index.starts[at] as number));
  }
  for (const paper of index.paper) out.u24(paper);
  out.bytes(index.weight);
  out.u32(community.readers);
  out.bytes(unsigned(community.factors));
  for (const { mean, covariance } of [model.usual.meaning, model.usual.readers]) {
    for (const value of mean) out.f32(value);
    for (let row = 0; row < DIMENSIONS; row++) {
      for (let d = 0; d <= row; d++) out.f32(covariance[row * DIMENSIONS + d] as number);
    }
  }
  return out.done();
}

export function readModel(bytes: Uint8Array): Model {
  const from = new ByteReader(bytes, 'packed model');
  from.mark(MARK);
  const u24s = (count: number) => {
    const list = new Uint32Array(from.room(count, 3));
    for (let at = 0; at < count; at++) list[at] = from.u24();
    return list;
  };
  const papers = from.u32();
  const ids = Array.from({ length: from.room(papers, 2) }, () => from.text());
  const counted = from.u32();
  const wordsMean = from.f32();
  const size = from.u32();
  const terms = u24s(size);
  const documents = u24s(size);
  const meaningSize = from.u32();
  const meaning = {
    terms: u24s(meaningSize),
    scales: Float32Array.from({ length: from.room(meaningSize, 4) }, () => from.f32()),
    directions: signed(from.bytes(meaningSize * DIMENSIONS)),
  };
  const indexSize = from.u32();
  const indexTerms = u24s(indexSize);
  const starts = new Uint32Array(indexSize + 1);
  u24s(indexSize).forEach((length, at) => {
    starts[at + 1] = (starts[at] as number) + length;
  });
  const postings = starts[indexSize] as number;
  const index = {
    papers,
    terms: indexTerms,
    starts,
    paper: u24s(postings),
    weight: from.bytes(postings).slice(),
  };
  const readers = from.u32();
  const factors = signed(from.bytes(papers * DIMENSIONS));
  const community = { readers, factors, lengths: lengthsOf(factors) };
  const usual = { meaning: readBackground(from), readers: readBackground(from) };
  from.end();
  return { ids, counted, wordsMean, terms, documents, meaning, index, community, usual };
}

/** A covariance is symmetric: the half below its diagonal is kept. */
function readBackground(from: ByteReader): Background {
  const mean = Float32Array.from({ length: DIMENSIONS }, () => from.f32());
  const covariance = new Float32Array(DIMENSIONS * DIMENSIONS);
  for (let row = 0; row < DIMENSIONS; row++) {
    for (let d = 0; d <= row; d++) {
      const value = from.f32();
      covariance[row * DIMENSIONS + d] = value;
      covariance[d * DIMENSIONS + row] = value;
    }
  }
  return { mean, covariance };
}

function unsigned(bytes: Int8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

function signed(bytes: Uint8Array): Int8Array {
  return Int8Array.from(bytes);
}
