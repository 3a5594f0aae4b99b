import type { Candidate } from '../domain/edition.ts';
import type { Form } from './view.ts';

/** Works something out once for each paper, form and what else decides it, as long as the paper is there. */
export function once<K, T>(work: (candidate: Candidate, form: Form, by: K) => T): typeof work {
  const kept = new WeakMap<Candidate, { form: Form; by: K; made: T }[]>();
  return (candidate, form, by) => {
    const known = kept.get(candidate) ?? [];
    const found = known.find((one) => one.form === form && one.by === by);
    if (found !== undefined) return found.made;
    const made = work(candidate, form, by);
    kept.set(candidate, [...known, { form, by, made }]);
    return made;
  };
}
