import { type Reason, SECTIONS, type Section } from '../composition.ts';
import { type Placed, place } from './diverse.ts';
import type { Prepared } from './prepared.ts';
import type { Standing } from './standing.ts';

/** A chosen paper. */
export interface Choice extends Placed {
  readonly section: Section;
  readonly reason: Reason;
}

/** A digest while its papers are being chosen. */
export class Draft {
  readonly #placed: Placed[] = [];
  readonly #choices: Choice[] = [];
  readonly #used = new Set<number>();
  readonly #prepared: Prepared;
  readonly #standings: readonly Standing[];
  readonly #max: number;

  constructor(prepared: Prepared, standings: readonly Standing[], max: number) {
    this.#prepared = prepared;
    this.#standings = standings;
    this.#max = max;
  }

  /** How many papers stand in it. */
  get taken(): number {
    return this.#choices.length;
  }

  /** How many papers it still holds. */
  get room(): number {
    return this.#max - this.#choices.length;
  }

  /** The papers that stand in it, in no order. */
  indices(): number[] {
    return this.#placed.map(({ index }) => index);
  }

  /** Whether a paper may still be added. */
  free(index: number): boolean {
    return this.#standings[index]?.kind === 'open' && !this.#used.has(index);
  }

  /** Adds a paper if there is room and nothing keeps it out; a near-duplicate is folded into what it repeats. */
  add(index: number, section: Section, reason: Reason): void {
    const pinned = section === 'pinned';
    if (this.room <= 0 || !(pinned || this.free(index))) return;
    this.#used.add(index);
    // What an editor pinned stands for itself.
    const same = pinned ? () => false : this.#prepared.same;
    const placed = place(this.#placed, index, same);
    if (placed !== undefined) this.#choices.push({ ...placed, section, reason });
  }

  /** Section by section, each in the order in which its papers were added. */
  inOrder(): Choice[] {
    return SECTIONS.flatMap((section) => this.#choices.filter((one) => one.section === section));
  }
}
