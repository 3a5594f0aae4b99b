import { buildProfile, type Profile } from '../../src/domain/rank/profile.ts';
import { type Pools, titled } from './archives.ts';
import type { BenchPaper, Half, Task } from './read.ts';

/** The subscriber that a task stands for: its likes, all of one age, and its typed topics. */
export function profileOf(half: Half, pools: Pools, task: Task): Profile {
  return buildProfile(pools.model(task.set), {
    liked: task.liked.map((id) => ({
      ...titled(half.papers.get(id) as BenchPaper),
      ageDays: 0,
      weight: 1,
    })),
    disliked: [],
    topics: task.topics,
    excluded: [],
    categories: [],
    authors: [],
    organisations: [],
  });
}
