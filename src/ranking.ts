import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Tastes } from './domain/compose/tastes.ts';
import type { Preferences } from './domain/preferences.ts';
import {
  buildProfile,
  type Liked,
  type Profile,
  packProfile,
  unpackProfile,
} from './domain/rank/profile.ts';
import type { VersionedModel } from './models.ts';
import type { Db } from './store/database.ts';
import { profileStandings, type Said, saidBy, saveProfiles, titlesOf } from './store/profiles.ts';

/** Of whom a profile is asked for. */
export interface Asking {
  readonly subscriberId: number;
  readonly preferences: Preferences;
}

/** What is in a packed profile, and how it is built: another number makes every stored one stale. */
const RECIPE = 1;
/** Profiles that are built between two looks at what else the process has to do. */
const BUILT_AT_ONCE = 5;
const DAY_MS = 86_400_000;
/** A save is for later reading, a like for more of it; a paper of a library is one among many. */
const WEIGHTS = { like: 1, save: 0.7, dislike: 1 } as const;

/**
 * What each of these subscribers likes, as numbers for one model. Stored profiles are used; those that are missing
 * or stale (another model, another word said, other preferences) are built from what is in the database now.
 * @param keep whether what was built is stored for the next time; a page that only shows something does not.
 */
export async function tastesFor(
  db: Db,
  { version, model }: VersionedModel,
  asking: readonly Asking[],
  { keep }: { keep: Date | false },
): Promise<Map<number, Tastes>> {
  const ids = asking.map(({ subscriberId }) => subscriberId);
  const standings = await profileStandings(db, ids);
  const profiles = new Map<number, Profile>();
  const stale: (Asking & { readonly print: string })[] = [];
  for (const one of asking) {
    const { stored, said = '' } = standings.get(one.subscriberId) ?? { stored: undefined };
    const print = printOf(version, said, one.preferences);
    if (stored?.print === print) profiles.set(one.subscriberId, unpackProfile(stored.packed));
    else stale.push({ ...one, print });
  }
  const built = [];
  const said =
    stale.length === 0
      ? new Map()
      : await saidBy(
          db,
          stale.map((one) => one.subscriberId),
        );
  for (const [at, { subscriberId, preferences, print }] of stale.entries()) {
    if (at % BUILT_AT_ONCE === BUILT_AT_ONCE - 1) await setImmediate();
    const profile = buildProfile(model, tastesOf(said.get(subscriberId) ?? [], preferences));
    profiles.set(subscriberId, profile);
    built.push({ subscriberId, modelVersion: version, print, packed: packProfile(profile) });
  }
  if (keep !== false) await saveProfiles(db, built, keep);
  const liked = [...profiles.values()].flatMap((one) => [...one.liked]);
  const titles = await titlesOf(
    db,
    [...new Set(liked)].flatMap((place) => model.ids[place] ?? []),
  );
  const titleOf = (id: string) => titles.get(id);
  return new Map([...profiles].map(([id, profile]) => [id, { profile, titleOf }]));
}

function printOf(version: number, said: string, preferences: Preferences): string {
  const { topics, exclude, categories, authors, organisations } = preferences;
  const from = [RECIPE, version, said, topics, exclude, categories, authors, organisations];
  return createHash('sha256').update(JSON.stringify(from)).digest('base64url').slice(0, 22);
}

function tastesOf(said: readonly Said[], preferences: Preferences) {
  // Ages count from the newest word: only how they compare matters, and so no profile ages by itself.
  const newest = said.reduce((most, { at }) => Math.max(most, at.getTime()), 0);
  const papers = (kinds: readonly Said['kind'][]): Liked[] =>
    said
      .filter(({ kind }) => kinds.includes(kind))
      .map(({ id, title, abstract, kind, at }) => ({
        id,
        title,
        abstract,
        ageDays: (newest - at.getTime()) / DAY_MS,
        weight: WEIGHTS[kind],
      }));
  const { topics, exclude: excluded, categories, authors, organisations } = preferences;
  return {
    liked: papers(['like', 'save']),
    disliked: papers(['dislike']),
    topics,
    excluded,
    categories,
    authors,
    organisations,
  };
}
