import { dayOf } from './calendar.ts';
import type { Prepared } from './compose/prepared.ts';
import type { Tastes } from './compose/tastes.ts';
import { compose } from './compose.ts';
import type { Addressee, Composition } from './composition.ts';
import type { Preferences } from './preferences.ts';
import { addresseeOf } from './weekly.ts';

/** All that the first taking of a slice knows of one of its subscribers. */
export interface Member {
  readonly subscriberId: number;
  readonly email: string;
  readonly state: 'pending' | 'active' | 'unsubscribed';
  readonly preferences: Preferences;
  /** Why the address must get nothing, when it must not. */
  readonly suppressed: string | null;
  readonly dueAt: Date;
  readonly lookbackDays: number;
  /** Which of the edition's papers an earlier digest already brought. */
  readonly delivered: ReadonlySet<string>;
  /** Absent: nothing is known of what they like. */
  readonly tastes?: Tastes | undefined;
}

/** What the first taking decides for a member; nothing later changes it. */
export type Decision =
  | { readonly kind: 'deliver'; readonly addressee: Addressee; readonly composition: Composition }
  /** The address or the person must get nothing. */
  | { readonly kind: 'suppressed'; readonly why: string }
  /** Not this time. */
  | { readonly kind: 'skipped'; readonly why: string };

const HOUR_MS = 3_600_000;

/** Decides whether a member gets a digest now and which papers it holds, or why not, in words. */
export function decide(
  prepared: Prepared,
  member: Member,
  { now, latestByHours }: { now: Date; latestByHours: number },
): Decision {
  const { preferences } = member;
  if (member.suppressed !== null) return { kind: 'suppressed', why: member.suppressed };
  if (member.state !== 'active') return { kind: 'suppressed', why: member.state };
  const today = dayOf(member.dueAt, preferences.timeZone);
  if (preferences.pausedUntil !== undefined && today < preferences.pausedUntil) {
    return { kind: 'skipped', why: `paused until ${preferences.pausedUntil}` };
  }
  const lateHours = (now.getTime() - member.dueAt.getTime()) / HOUR_MS;
  if (lateHours > latestByHours) {
    return {
      kind: 'skipped',
      why: `too late: due ${member.dueAt.toISOString()}, ${Math.floor(lateHours)} h ago (at most ${latestByHours} h)`,
    };
  }
  const composition = compose(prepared, {
    preferences,
    delivered: member.delivered,
    lookbackDays: member.lookbackDays,
    tastes: member.tastes,
  });
  if (composition.length === 0 && !preferences.sendEmpty) {
    return { kind: 'skipped', why: nothingNew(prepared, member) };
  }
  return { kind: 'deliver', addressee: addresseeOf(prepared, member, composition), composition };
}

function nothingNew({ edition }: Prepared, member: Member): string {
  const days = member.lookbackDays === 1 ? 'today' : `in ${member.lookbackDays} days`;
  if (edition.candidates.length === 0) return 'nothing new: no paper was listed';
  return member.delivered.size > 0
    ? `nothing new ${days}: ${member.delivered.size} papers were in earlier digests`
    : `nothing new ${days}`;
}
