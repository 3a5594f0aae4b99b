import { searchArchive } from '../search.ts';
import { command, report, withApp } from './command.ts';
import { wholeNumber } from './numbers.ts';
import { table } from './table.ts';

interface Options {
  json?: boolean;
  limit: string;
}

const FOUND_MAX = 1_000;

export const searchCommand = () =>
  command('search', 'papers of the archive that answer a query, best first')
    .argument('<words...>', 'words; "a phrase" in quotes, -word for what to leave out')
    .option('--limit <n>', 'most papers', '100')
    .action(async (words: string[], options: Options) => {
      const query = words.join(' ');
      const limit = wholeNumber('--limit', options.limit, 1, FOUND_MAX);
      const found = await withApp((app) => searchArchive(app, query, limit));
      report(options, {
        json: found.map(({ paper, score }, at) => ({ place: at + 1, score, ...paper })),
        text:
          found.length === 0
            ? `No paper of the archive has words of “${query}”.`
            : table(
                ['', 'score', 'paper', 'listed', 'title'],
                found.map(({ paper, score }, at) => [
                  at + 1,
                  score.toFixed(3),
                  paper.id,
                  paper.listedOn,
                  paper.title,
                ]),
              ),
      });
    });
