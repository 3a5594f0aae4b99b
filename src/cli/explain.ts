import { type ExplainedPaper, type Explanation, explainEdition, shareWords } from '../explain.ts';
import { command, report, withApp } from './command.ts';
import { table } from './table.ts';

interface Options {
  json?: boolean;
  subscriber: string;
  paper?: string;
}

export const explainCommand = () =>
  command('explain', 'why each paper of an edition is in somebody’s digest, or why it is not')
    .argument('<edition>', 'e.g. daily/2025-03-14')
    .requiredOption('--subscriber <email>', 'whose digest')
    .option('--paper <paper>', 'only this one: its id, an arXiv id or link, or a DOI')
    .addHelpText(
      'after',
      `
A digest that was taken already is explained from what was frozen; its scores, from the edition's model and from what
is known of the subscriber now. The parts of a score add up to it.`,
    )
    .action(async (editionId: string, options: Options) => {
      const told = await withApp((app) =>
        explainEdition(app, editionId, options.subscriber, options.paper),
      );
      report(options, { json: told, text: text(told, options.paper !== undefined) });
    });

const LEFT_OUT_SHOWN = 20;
const TITLE_CHARS_MAX = 60;

function text(told: Explanation, one: boolean): string {
  const inIt = told.papers
    .filter(({ chosen }) => chosen !== undefined)
    .sort((a, b) => (a.chosen?.place ?? 0) - (b.chosen?.place ?? 0));
  const not = told.papers
    .filter(({ chosen }) => chosen === undefined)
    .sort((a, b) => b.score - a.score || a.trend - b.trend);
  return [
    head(told),
    ...(one
      ? told.papers.map(whole)
      : [
          ...(inIt.length > 0
            ? [table(['', 'section', 'score', 'paper', 'title', 'why'], inIt.map(row))]
            : []),
          ...(not.length > 0
            ? [
                `Not in it: ${not.length}${not.length > LEFT_OUT_SHOWN ? `; the ${LEFT_OUT_SHOWN} that are closest to their tastes` : ''}`,
                table(
                  ['score', 'paper', 'title', 'why not'],
                  not.slice(0, LEFT_OUT_SHOWN).map(rowOut),
                ),
              ]
            : []),
        ]),
  ].join('\n');
}

function head({ edition, subscriber, frozen, delivery, model }: Explanation): string {
  const what = frozen ? 'as it was taken' : 'as it would be taken now';
  const of = model === 0 ? 'without a model: none was fitted by then' : `by model ${model}`;
  return `${edition} for ${subscriber}, ${what}, ${of}${delivery === undefined ? '' : ` (delivery ${delivery})`}`;
}

function whole(paper: ExplainedPaper): string {
  const { chosen, shares } = paper;
  return [
    `${paper.paperId}  ${short(paper.title)}`,
    chosen === undefined
      ? `not in it: ${paper.whyNot}`
      : `number ${chosen.place}, section ${chosen.section ?? 'none'}: ${paper.why}`,
    `score ${paper.score.toFixed(3)}, relevance ${paper.relevance.toFixed(2)}, ${paper.trend} in the trend order`,
    ...shares.map((share) => `  ${shareWords(share)}`),
  ].join('\n');
}

function row({ chosen, score, paperId, title, why, shares }: ExplainedPaper) {
  const parts = shares.slice(0, 3).map(shareWords).join('; ');
  const reason = parts === '' ? why : `${why} (${parts})`;
  return [chosen?.place, chosen?.section, score.toFixed(3), paperId, short(title), reason];
}

function rowOut({ score, paperId, title, whyNot }: ExplainedPaper) {
  return [score.toFixed(3), paperId, short(title), whyNot];
}

function short(title: string): string {
  return title.length > TITLE_CHARS_MAX ? `${title.slice(0, TITLE_CHARS_MAX - 1)}…` : title;
}
