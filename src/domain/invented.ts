import { Preferences } from './preferences.ts';

/** Somebody who does not exist, for replays and measurements. */
interface Invented {
  readonly email: string;
  readonly preferences: Preferences;
}

/** Mornings over the world, some of them at one moment: many share a wave, as in a real list. */
const MORNINGS = [
  ['Europe/Berlin', 7],
  ['Europe/London', 6],
  ['America/New_York', 7],
  ['America/Chicago', 6],
  ['Asia/Kolkata', 8],
  ['Asia/Tokyo', 8],
  ['Asia/Seoul', 8],
] as const;
const TOPICS = [
  'language models',
  'diffusion',
  'reinforcement learning',
  'robotics',
  'video generation',
  'speech',
  'benchmarks',
  'agents',
  'reasoning',
  'medical imaging',
  'code generation',
  'quantisation',
];
const LAYOUTS = ['full', 'full', 'full', 'full', 'compact', 'text'] as const;
/** Most people read every day; the others show what a longer lookback does. */
const CADENCES = [
  'daily',
  'daily',
  'daily',
  'daily',
  'daily',
  'daily',
  'daily',
  'weekdays',
  'weekdays',
  'weekly',
] as const;

/** As many subscribers as asked for, with varied wishes; the same seed makes the same people. */
export function inventSubscribers(count: number, seed: number): Invented[] {
  const below = sequence(seed);
  const one = <T>(choices: readonly T[]): T => choices[below(choices.length)] as T;
  const some = (most: number) => [
    ...new Set(Array.from({ length: below(most + 1) }, () => one(TOPICS))),
  ];
  return Array.from({ length: count }, (_, index) => {
    const [timeZone, hour] = one(MORNINGS);
    const topics = some(4);
    return {
      email: `reader${index + 1}@example.org`,
      preferences: Preferences.parse({
        timeZone,
        hour,
        cadence: one(CADENCES),
        weekday: below(7) + 1,
        layout: one(LAYOUTS),
        topics,
        exclude: below(8) === 0 ? some(1).filter((topic) => !topics.includes(topic)) : [],
        ...(below(5) === 0 ? { papersMax: below(20) + 1 } : {}),
      }),
    };
  });
}

/** Numbers below a limit that look random and are the same for the same seed (xorshift, 32 bits). */
function sequence(seed: number): (limit: number) => number {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x2545f491) >>> 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % limit;
  };
}
