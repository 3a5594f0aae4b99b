import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The words that the tiny model knows, each with its vector. A text's vector is the mean of its words'. */
export const vocabulary: Readonly<Record<string, readonly [number, number, number]>> = {
  '[PAD]': [9, 9, 9], // counts for nothing, or a mean is wrong
  '[UNK]': [0.1, 0.1, 0.1],
  attention: [1, 0, 0.2],
  transformers: [0.9, 0.1, 0.3],
  documents: [0.8, 0.2, 0],
  texts: [0.7, 0.1, 0],
  pages: [0.6, 0.3, 0.1],
  water: [0, 1, 0.2],
  temperature: [0.1, 0.9, 0.1],
  kettles: [0, 0.8, 0.4],
};

export const TOKENS_MAX = 16;

/** The files of a model as the hub has them, by their path: an ONNX graph that looks each token up in a table. */
export function tinyModelFiles(): Map<string, Uint8Array> {
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  return new Map([
    ['config.json', json({ model_type: 'bert', architectures: ['BertModel'] })],
    [
      'tokenizer_config.json',
      json({
        tokenizer_class: 'BertTokenizer',
        model_max_length: TOKENS_MAX,
        pad_token: '[PAD]',
        unk_token: '[UNK]',
      }),
    ],
    ['tokenizer.json', json(tokenizer())],
    ['onnx/model.onnx', onnxModel()],
  ]);
}

export function writeTinyModel(folder: string): void {
  for (const [path, bytes] of tinyModelFiles()) {
    const file = join(folder, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, bytes);
  }
}

function tokenizer() {
  const words = Object.keys(vocabulary);
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: ['[PAD]', '[UNK]'].map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries(words.map((word, id) => [word, id])),
      unk_token: '[UNK]',
    },
  };
}

/** @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto for the numbers of the fields. */
function onnxModel(): Uint8Array {
  const rows = Object.values(vocabulary);
  const width = rows[0]?.length ?? 0;
  const table = message(
    ...[rows.length, width].map((size) => varint(1, size)),
    varint(2, FLOAT),
    text(8, 'table'),
    bytes(9, new Uint8Array(Float32Array.from(rows.flat()).buffer)),
  );
  const gather = message(
    text(1, 'table'),
    text(1, 'input_ids'),
    text(2, 'last_hidden_state'),
    text(4, 'Gather'),
  );
  const graph = message(
    bytes(1, gather),
    text(2, 'tiny'),
    bytes(5, table),
    // The mask is asked for, as every exported model of this kind does, and has no use in the graph.
    ...['input_ids', 'attention_mask'].map((name) => bytes(11, valueInfo(name, INT64))),
    bytes(12, valueInfo('last_hidden_state', FLOAT, width)),
  );
  const opset = message(text(1, ''), varint(2, 13));
  return message(varint(1, 8), bytes(7, graph), bytes(8, opset));
}

const FLOAT = 1;
const INT64 = 7;

/** A tensor of the shape batch × tokens, and the width when one is given. */
function valueInfo(name: string, type: number, width?: number): Uint8Array {
  const dimensions = [
    ...['batch', 'tokens'].map((size) => message(text(2, size))),
    ...(width === undefined ? [] : [message(varint(1, width))]),
  ];
  const shape = message(...dimensions.map((dimension) => bytes(1, dimension)));
  const tensor = message(varint(1, type), bytes(2, shape));
  return message(text(1, name), bytes(2, message(bytes(1, tensor))));
}

/** Protocol buffers: fields one after the other. @see https://protobuf.dev/programming-guides/encoding/ */
function message(...fields: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(fields);
}

function varint(field: number, value: number): Uint8Array {
  return Uint8Array.from([...varintBytes(field << 3), ...varintBytes(value)]);
}

function bytes(field: number, value: Uint8Array): Uint8Array {
  return message(
    Uint8Array.from([...varintBytes((field << 3) | 2), ...varintBytes(value.length)]),
    value,
  );
}

function text(field: number, value: string): Uint8Array {
  return bytes(field, new TextEncoder().encode(value));
}

function varintBytes(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varintBytes(value >>> 7)];
}
