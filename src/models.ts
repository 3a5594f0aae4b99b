import { emptyModel, type Model, unpackModel } from './domain/rank/model.ts';
import type { Db } from './store/database.ts';
import { loadModel } from './store/rank-models.ts';

/** A model with its version; 0 is the one before any was fitted. */
export interface VersionedModel {
  readonly version: number;
  readonly model: Model;
}

/** Loads models by version. One that was forgotten, or that another release packed, answers as if none had been fitted. */
export type LoadModel = (version: number) => Promise<VersionedModel>;

const NONE: VersionedModel = { version: 0, model: emptyModel };
/** Each takes some tens of megabytes: the newest, and the one of the editions that still leave. */
const KEPT = 2;

/** Loads models and keeps the last few: a model never changes. */
export function openModels(db: Db, told: (why: string) => void): LoadModel {
  const kept = new Map<number, Promise<VersionedModel>>();
  return async (version) => {
    if (version === 0) return NONE;
    const known = kept.get(version);
    if (known !== undefined) return known;
    const loading = load(db, version, told);
    kept.set(version, loading);
    loading.catch(() => kept.delete(version));
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return loading;
  };
}

async function load(db: Db, version: number, told: (why: string) => void): Promise<VersionedModel> {
  const packed = await loadModel(db, version);
  if (packed === undefined) return NONE;
  try {
    return { version, model: unpackModel(packed) };
  } catch (error) {
    told(`model ${version} cannot be read, and what it ranked is ranked without: ${error}`);
    return NONE;
  }
}
