import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { z } from 'zod';
import { verdict } from '../domain/rank/embedding.ts';
import { embedPapers } from '../embed.ts';
import { openEmbedder } from '../embedder.ts';
import { embeddingModel, weighEmbeddings } from '../store/embeddings.ts';
import { command, report, UsageError, withApp } from './command.ts';

const SAMPLES = [
  'Attention layers that read long documents.',
  'Transformers for texts of many pages.',
  'Water temperature in kettles.',
];

export const embeddingsCommand = () =>
  new Command('embeddings')
    .description(
      'vectors of papers from an endpoint of yours or a local model: an option, see docs/embeddings.md',
    )
    .exitOverride()
    .addCommand(statusCommand())
    .addCommand(checkCommand())
    .addCommand(runCommand())
    .addCommand(weighCommand());

const statusCommand = () =>
  command('status', 'what there is, and what holds it up').action(
    async (options: { json?: boolean }) => {
      await withApp(async (app) => {
        const { model, perDay } = configured(app.config.embeddings);
        const state = await embeddingModel(app.db, model, app.now());
        const closed = state.closedUntil !== null && state.closedUntil > app.now();
        report(options, {
          json: state,
          text: [
            `${model}: ${state.papers} papers, ${state.dimensions ?? 'no'} dimensions, ${state.sentToday} of ${perDay} sent today.`,
            state.weight === 0
              ? 'Its weight is 0: no measurement has said that it helps.'
              : `Its weight is ${state.weight}, by a measurement.`,
            ...(closed
              ? [`Left alone until ${state.closedUntil?.toISOString()}: ${state.why}`]
              : []),
          ].join('\n'),
        });
      });
    },
  );

const checkCommand = () =>
  command('check', 'ask for the vectors of three short texts; nothing is kept').action(
    async (options: { json?: boolean }) => {
      await withApp(async (app) => {
        const embedder = configured(openEmbedder(app.config));
        const since = performance.now();
        const [first, near, far] = await embedder
          .embed(SAMPLES, app.now())
          .finally(() => embedder.close());
        const ms = Math.round(performance.now() - since);
        const cosine = (
          a: Float32Array = new Float32Array(),
          b: Float32Array = new Float32Array(),
        ) => Math.round(a.reduce((sum, x, at) => sum + x * (b[at] ?? 0), 0) * 1_000) / 1_000;
        const told = {
          model: embedder.model,
          dimensions: first?.length ?? 0,
          ms,
          near: cosine(first, near),
          far: cosine(first, far),
        };
        const sensible = told.near > told.far;
        report(options, {
          json: { ...told, sensible },
          text: [
            `${told.model}: ${told.dimensions} dimensions, ${ms} ms for ${SAMPLES.length} texts.`,
            `Two texts on one matter are ${told.near} alike, two on different ones ${told.far}: ${sensible ? 'sensible' : 'not sensible'}.`,
          ].join('\n'),
          failed: !sensible,
        });
      });
    },
  );

const runCommand = () =>
  command('run', 'ask for what is missing now, within the day’s budget').action(
    async (options: { json?: boolean }) => {
      await withApp(async (app) => {
        const { papers, why } = await embedPapers(app);
        report(options, {
          json: { papers, why: why ?? null },
          text: `${papers} papers got a vector${why === undefined ? '; none is missing.' : `. ${why}`}`,
          failed: why !== undefined && papers === 0,
        });
      });
    },
  );

const Results = z.object({
  without: z.array(z.number()).max(1_000_000),
  with: z.array(z.number()).max(1_000_000),
});

const weighCommand = () =>
  command('weigh', 'give the vectors a weight, if a measurement says that they help; else none')
    .argument('<file>', 'JSON: {"without": […], "with": […]}, one result a task, in the same order')
    .option('--weight <number>', 'the weight that was measured, up to 5', Number, 0.3)
    .action(async (file: string, options: { json?: boolean; weight: number }) => {
      if (!(options.weight > 0 && options.weight <= 5)) {
        throw new UsageError(`--weight: expected a number above 0, up to 5`);
      }
      const told = verdict(await resultsIn(file));
      await withApp(async (app) => {
        const { model } = configured(app.config.embeddings);
        await embeddingModel(app.db, model, app.now());
        const weight = await weighEmbeddings(app.db, model, options.weight, told);
        const [without, with_, gain, error] = [told.without, told.with, told.gain, told.error].map(
          (number) => number.toFixed(4),
        );
        report(options, {
          json: { ...told, weight },
          text: [
            `${told.tasks} tasks: ${without} without, ${with_} with embeddings; gain ${gain}, standard error ${error}.`,
            told.improves
              ? `They help: their weight is ${weight} from now on.`
              : 'No gain of more than two standard errors on 30 tasks or more: their weight is 0.',
          ].join('\n'),
        });
      });
    });

/** @throws UsageError */
async function resultsIn(file: string): Promise<z.infer<typeof Results>> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`${file} cannot be read: ${cause.code ?? cause.message}`);
  });
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is no JSON`);
  }
  const parsed = Results.safeParse(body);
  if (parsed.success && parsed.data.with.length === parsed.data.without.length) return parsed.data;
  throw new UsageError(
    `${file}: expected {"without": […], "with": […]} with as many numbers in each`,
  );
}

function configured<T>(embeddings: T | undefined): T {
  if (embeddings !== undefined) return embeddings;
  throw new UsageError(
    'no embeddings are configured: set PAPERBOY_EMBEDDINGS_URL and PAPERBOY_EMBEDDINGS_MODEL, or PAPERBOY_EMBEDDINGS_LOCAL',
  );
}
