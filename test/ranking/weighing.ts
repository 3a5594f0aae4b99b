import { writeFileSync } from 'node:fs';
import { type Measured, type Verdict, verdict } from '../../src/domain/rank/embedding.ts';
import { ndcg } from './ndcg.ts';
import type { Half, Task } from './read.ts';

const GROUPS: Readonly<Record<string, (task: Task) => boolean>> = {
  READERS: ({ set }) => ['cua', 'cut', 'cuabs'].includes(set),
  AUTHORS: ({ set }) => ['ax', 'hf'].includes(set),
  'one like': ({ k, topics }) => k === 1 && topics.length === 0,
};

/** How each task with likes does without and with embeddings, by nDCG@10. */
export class Weighing {
  readonly #answers: Half['answers'];
  readonly #results: { task: Task; without: number; with: number }[] = [];

  constructor(half: Half) {
    this.#answers = half.answers;
  }

  add(task: Task, without: readonly string[], withThem: readonly string[]): void {
    const answers = this.#answers.get(task.qid);
    if (answers === undefined || task.pool.endsWith(':full')) return;
    this.#results.push({
      task,
      without: ndcg(without, answers),
      with: ndcg(withThem, answers),
    });
  }

  /** Prints each group; @returns what all tasks together say, by which a weight is given. */
  told(model: string, weight: number): Verdict {
    for (const [name, holds] of Object.entries(GROUPS)) {
      const some = this.#measured(holds);
      if (some.without.length > 0) console.log(`  ${name}: ${words(verdict(some))}`);
    }
    const all = verdict(this.#measured());
    console.log(`  all with likes: ${words(all)}`);
    console.log(
      all.improves
        ? `${model} with weight ${weight} helps: a gain of more than two standard errors.`
        : `${model} with weight ${weight} does not help: no gain of more than two standard errors on 30 tasks or more.`,
    );
    return all;
  }

  /** Writes what `paperboy embeddings weigh` reads. */
  write(file: string): void {
    writeFileSync(file, `${JSON.stringify(this.#measured())}\n`);
  }

  #measured(holds: (task: Task) => boolean = () => true): Measured {
    const some = this.#results.filter(({ task }) => holds(task));
    return { without: some.map((one) => one.without), with: some.map((one) => one.with) };
  }
}

function words({ tasks, without, with: withThem, gain, error }: Verdict): string {
  const sign = gain < 0 ? '' : '+';
  return `${tasks} tasks, nDCG@10 ${without.toFixed(4)} without, ${withThem.toFixed(4)} with embeddings, ${sign}${gain.toFixed(4)} (standard error ${error.toFixed(4)})`;
}
