import type { Curated } from './edition.ts';

/** What a person may do to a paper before the cut-off. */
export const curationActions = ['pin', 'unpin', 'hide', 'unhide', 'submit', 'annotate'] as const;
export type CurationAction = (typeof curationActions)[number];

/** One thing that somebody did to a paper, and when. */
export interface Curation {
  readonly paperId: string;
  readonly action: CurationAction;
  /** The editor's note; empty: the note before is taken away. */
  readonly note: string | null;
  readonly by: string;
  readonly at: Date;
}

/** Where a paper stands after everything that was done to it, oldest first. */
export interface Curations extends Curated {
  readonly hidden?: { readonly by: string; readonly at: string };
}

/** What a log of one paper, oldest first, comes to: the newest of each kind counts, the first submitter stays. */
export function standing(log: readonly Curation[]): Curations {
  return log.reduce<Curations>(
    (state, { action, note, by, at }) =>
      after(state, action, { by, at: at.toISOString() }, note ?? ''),
    {},
  );
}

function after(
  state: Curations,
  action: CurationAction,
  mark: { readonly by: string; readonly at: string },
  text: string,
): Curations {
  switch (action) {
    case 'pin':
      return { ...state, pinned: state.pinned ?? mark };
    case 'unpin':
      return without(state, 'pinned');
    case 'hide':
      return { ...state, hidden: state.hidden ?? mark };
    case 'unhide':
      return without(state, 'hidden');
    case 'submit':
      return { ...state, submittedBy: state.submittedBy ?? mark.by };
    case 'annotate':
      return text === '' ? without(state, 'note') : { ...state, note: { text, by: mark.by } };
    default:
      return action satisfies never;
  }
}

function without(state: Curations, key: keyof Curations): Curations {
  return Object.fromEntries(Object.entries(state).filter(([name]) => name !== key));
}
