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
import { embeddingsOf } from './store/embeddings.ts';
import { libraryOf } from './store/library.ts';
import { profileStandings, saidBy, saveProfiles, textsOf, titlesOf } from './store/profiles.ts';

/** What an edition ranks by. */
export interface RankedBy extends VersionedModel {
  /** Vectors that are added, those that were there by a moment; absent: none. */
  readonly embedding?: { readonly model: string; readonly by: Date };
}

/** Of whom a profile is asked for. */
export interface Asking {
  readonly subscriberId: number;
  readonly preferences: Preferences;
}

/** What is in a packed profile, and how it is built: another number makes every stored one stale. */
const RECIPE = 3;
/** Profiles that are built between two looks at what else the process has to do. */
const BUILT_AT_ONCE = 5;
const DAY_MS = 86_400_000;
/** A save is for later reading, a like for more of it; a paper of a library is one among many. */
const WEIGHTS = { like: 1, save: 0.7, library: 0.5, dislike: 1 } as const;
/** Of somebody's library, the newest. */
const LIBRARY_MAX = 200;

/**
 * What each of these subscribers likes, as numbers for one model. Stored profiles are used; those that are missing
 * or stale (another model, another word said, other preferences) are built from what is in the database now.
 * @param keep whether what was built is stored for the next time; a page that only shows something does not.
 */
export async function tastesFor(
  db: Db,
  { version, model, embedding }: RankedBy,
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
    const profile = stored?.print === print ? unpacked(stored.packed) : undefined;
    if (profile === undefined) stale.push({ ...one, print });
    else profiles.set(one.subscriberId, profile);
  }
  const known = await knownOf(
    db,
    stale.map((one) => one.subscriberId),
  );
  const built = [];
  for (const [at, { subscriberId, preferences, print }] of stale.entries()) {
    if (at % BUILT_AT_ONCE === BUILT_AT_ONCE - 1) await setImmediate();
    const profile = buildProfile(model, tastesOf(known(subscriberId), preferences));
    profiles.set(subscriberId, profile);
    built.push({ subscriberId, modelVersion: version, print, packed: packProfile(profile) });
  }
  if (keep !== false) await saveProfiles(db, built, keep);
  const likedBy = ({ liked }: Profile) => [...liked].flatMap((place) => model.ids[place] ?? []);
  const liked = [...new Set([...profiles.values()].flatMap(likedBy))];
  const titles = await titlesOf(db, liked);
  const titleOf = (id: string) => titles.get(id);
  const vectorsOf =
    embedding && liked.length > 0
      ? await embeddingsOf(db, embedding.model, liked, embedding.by)
      : new Map<string, Float32Array>();
  return new Map(
    [...profiles].map(([id, profile]) => {
      const vectors = likedBy(profile).flatMap((paper): [string, Float32Array][] => {
        const vector = vectorsOf.get(paper);
        return vector === undefined ? [] : [[paper, vector]];
      });
      return [id, { profile, titleOf, vectors: new Map(vectors) }];
    }),
  );
}

/** Undefined when another release packed it: then it is stale as well. */
function unpacked(packed: Uint8Array): Profile | undefined {
  try {
    return unpackProfile(packed);
  } catch {
    return undefined;
  }
}

function printOf(version: number, said: string, preferences: Preferences): string {
  const { topics, exclude, categories, authors, organisations } = preferences;
  const from = [RECIPE, version, said, topics, exclude, categories, authors, organisations];
  return createHash('sha256').update(JSON.stringify(from)).digest('base64url').slice(0, 22);
}

/** A paper that tells something of somebody's tastes. */
interface Known {
  readonly id?: string;
  readonly title: string;
  readonly abstract: string;
  readonly kind: keyof typeof WEIGHTS;
  readonly at: Date;
}

/** What subscribers said of papers, and what they brought along, in three statements for all of them. */
async function knownOf(db: Db, ids: readonly number[]): Promise<(id: number) => Known[]> {
  if (ids.length === 0) return () => [];
  const said = await saidBy(db, ids);
  const libraries = await libraryOf(db, ids, LIBRARY_MAX);
  const inArchive = [...libraries.values()].flat().flatMap(({ paperId }) => paperId ?? []);
  const texts = await textsOf(db, [...new Set(inArchive)]);
  return (id) => {
    const told = said.get(id) ?? [];
    const liked = new Set(told.map((one) => one.id));
    const brought = (libraries.get(id) ?? []).flatMap(({ paperId, text, at }): Known[] => {
      const known = texts.get(paperId ?? '') ?? text;
      if (known === undefined || liked.has(paperId ?? '')) return [];
      return [{ ...known, ...(paperId === undefined ? {} : { id: paperId }), kind: 'library', at }];
    });
    return [...told, ...brought];
  };
}

function tastesOf(known: readonly Known[], preferences: Preferences) {
  // Ages count from the newest word: only how they compare matters, and so no profile ages by itself.
  const newest = known.reduce((most, { at }) => Math.max(most, at.getTime()), 0);
  const papers = (kinds: readonly Known['kind'][]): Liked[] =>
    known
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
    liked: papers(['like', 'save', 'library']),
    disliked: papers(['dislike']),
    topics,
    excluded,
    categories,
    authors,
    organisations,
  };
}
