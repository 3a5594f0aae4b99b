import { userInfo } from 'node:os';
import { Command } from 'commander';
import type { App } from '../app.ts';
import {
  type CuratedPaper,
  curate,
  EditorName,
  EditorNote,
  listCurated,
  paperStory,
  submitPaper,
} from '../curate.ts';
import { dayOf } from '../domain/calendar.ts';
import { command, parseDay, type Report, report, UsageError, withApp } from './command.ts';
import { wholeNumber } from './numbers.ts';
import { table } from './table.ts';

const PAPERS_MAX = 10_000;
const DAYS_MAX = 366;

export const papersCommand = () =>
  new Command('papers')
    .description('look at the papers; pin, hide, submit or annotate one before the cut-off')
    .exitOverride()
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(actionCommand('pin', 'put a paper first, for everybody who has not had it'))
    .addCommand(actionCommand('unpin', 'take that back'))
    .addCommand(actionCommand('hide', 'keep a paper out of the editions to come'))
    .addCommand(actionCommand('unhide', 'take that back'))
    .addCommand(annotateCommand())
    .addCommand(submitCommand());

interface By {
  json?: boolean;
  by?: string;
}

const listCommand = () =>
  command('list', 'the papers of some days, newest first')
    .option('--date <day>', 'the last day (default: today, UTC)')
    .option('--days <count>', 'how many', (text) => wholeNumber('--days', text, 1, DAYS_MAX), 7)
    .option(
      '--limit <count>',
      'at most so many papers',
      (text) => wholeNumber('--limit', text, 1, PAPERS_MAX),
      100,
    )
    .action(async (options: { json?: boolean; date?: string; days: number; limit: number }) => {
      const day = options.date === undefined ? undefined : parseDay(options.date);
      const papers = await withApp((app) =>
        listCurated(app, { ...options, day: day ?? dayOf(app.now(), 'UTC') }),
      );
      report(options, {
        json: papers,
        text:
          papers.length === 0
            ? 'No paper was listed on these days.'
            : table(
                ['paper', 'listed', 'source', 'title', 'by hand'],
                papers.map((one) => [one.id, one.listedOn, one.source, one.title, standing(one)]),
              ),
      });
    });

const showCommand = () =>
  command('show', 'one paper, and what people did to it')
    .argument('<paper>', PAPER)
    .action(async (name: string, options: { json?: boolean }) => {
      const story = await withApp((app) => paperStory(app, name));
      report(options, {
        json: story,
        text: [
          `${story.id}  ${story.title}`,
          `listed ${story.listedOn} by ${story.source}, first seen ${story.firstSeenAt.toISOString()}`,
          standing(story),
          ...story.log.map(
            ({ action, by, at, note }) => `${at.toISOString()} ${by}: ${action} ${note ?? ''}`,
          ),
        ]
          .filter((line) => line !== '')
          .join('\n'),
      });
    });

const PAPER = 'its id, an arXiv id or link, or a DOI';

const actionCommand = (action: 'pin' | 'unpin' | 'hide' | 'unhide', description: string) =>
  command(action, description)
    .argument('<paper>', PAPER)
    .option('--by <name>', 'who does it (default: your account)')
    .action(async (name: string, options: By) => {
      await done(options, (app) => curate(app, name, action, { by: editor(options) }));
    });

const annotateCommand = () =>
  command('annotate', 'add an editor’s note, which the digest shows; an empty one takes it away')
    .argument('<paper>', PAPER)
    .argument('<note>', 'at most 500 characters')
    .option('--by <name>', 'who says it (default: your account)')
    .action(async (name: string, text: string, options: By) => {
      const note = EditorNote.safeParse(text);
      if (!note.success) throw new UsageError('the note: expected at most 500 characters');
      const by = editor(options);
      await done(options, (app) => curate(app, name, 'annotate', { by, note: note.data }));
    });

interface Submitting extends By {
  title?: string;
  abstract?: string;
  authors?: string;
  date?: string;
}

const submitCommand = () =>
  command('submit', 'take a paper by hand; the digest shows who submitted it')
    .argument('<paper>', 'an arXiv id, a DOI or a link')
    .option('--title <text>', 'needed unless the paper is known')
    .option('--abstract <text>', 'needed unless the paper is known')
    .option('--authors <names>', 'separated by ;')
    .option('--date <day>', 'the day it is news of (default: today, UTC)')
    .option('--by <name>', 'who submits it (default: your account)')
    .action(async (id: string, options: Submitting) => {
      const { title, abstract, authors, date } = options;
      const submission = {
        id,
        ...(title === undefined ? {} : { title }),
        ...(abstract === undefined ? {} : { abstract }),
        ...(authors === undefined ? {} : { authors: authors.split(';').map((one) => one.trim()) }),
        ...(date === undefined ? {} : { listedOn: parseDay(date) }),
      };
      const by = editor(options);
      const { paper, isNew } = await withApp((app) => submitPaper(app, submission, by));
      const known = isNew ? '' : ' It was known already, so it is not news again: `pin` shows it.';
      report(options, { json: { ...paper, new: isNew }, text: `${told(paper).text}${known}` });
    });

async function done(options: By, work: (app: App) => Promise<CuratedPaper>): Promise<void> {
  report(options, told(await withApp(work)));
}

function told(paper: CuratedPaper): Report {
  const state = standing(paper) || 'as it came';
  return { json: paper, text: `${paper.id}  ${paper.title}\n${state}` };
}

/** Where a paper stands, in words; empty when nobody touched it. */
function standing({ state, withdrawn }: CuratedPaper): string {
  return [
    ...(withdrawn ? ['withdrawn'] : []),
    ...(state.pinned === undefined ? [] : [`pinned by ${state.pinned.by}`]),
    ...(state.hidden === undefined ? [] : [`hidden by ${state.hidden.by}`]),
    ...(state.submittedBy === undefined ? [] : [`submitted by ${state.submittedBy}`]),
    ...(state.note === undefined ? [] : [`note by ${state.note.by}: ${state.note.text}`]),
  ].join(', ');
}

/** @throws UsageError */
function editor({ by }: By): string {
  const name = EditorName.safeParse(by ?? userInfo().username);
  if (name.success) return name.data;
  throw new UsageError('--by: expected a name of at most 80 characters');
}
