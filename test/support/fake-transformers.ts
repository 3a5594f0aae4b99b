import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A package with the name and the shape of transformers.js, in `node_modules` of a folder. It is found and imported as the
 * real one; what it does is in the file `trick` beside it, so that it can change between two questions.
 */
export function installFakeTransformers(folder: string): { trick: (code: string) => void } {
  const home = join(folder, 'node_modules/@huggingface/transformers');
  mkdirSync(home, { recursive: true });
  writeFileSync(
    join(home, 'package.json'),
    JSON.stringify({
      name: '@huggingface/transformers',
      version: '4.0.0',
      type: 'module',
      exports: { node: { import: './index.mjs', require: './index.cjs' } },
    }),
  );
  writeFileSync(join(home, 'index.cjs'), FAKE);
  const trick = (code: string) => writeFileSync(join(home, 'trick.cjs'), code);
  trick(GOOD);
  return { trick };
}

/** Counts the letters of a text, so that like texts are alike. */
export const GOOD = `module.exports = (texts) => texts.map((text) => {
  const vector = [0.01, 0.01, 0.01, 0.01];
  for (const letter of text) vector[letter.charCodeAt(0) % 4] += 1;
  return vector;
});`;

const FAKE = `
const { appendFileSync } = require('node:fs');
const { join } = require('node:path');
exports.env = { allowLocalModels: true, allowRemoteModels: true, cacheDir: null, remoteHost: '' };
exports.pipeline = async (task, model, options) => {
  if (model === 'nobody/nothing') throw new Error('Could not locate file: "https://hub/nobody/nothing"');
  appendFileSync(join(__dirname, 'loaded'), JSON.stringify({ task, model, options, env: exports.env }) + '\\n');
  return async (texts, asked) => {
    appendFileSync(join(__dirname, 'asked'), JSON.stringify({ texts: texts.length, asked }) + '\\n');
    const vectors = await require('./trick.cjs')(texts);
    return { tolist: () => vectors };
  };
};
`;
