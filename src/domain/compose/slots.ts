/** How the room of a digest is shared between its sections. */
export interface Slots {
  readonly yours: number;
  readonly trending: number;
  readonly explore: number;
}

/** One in so many is from outside of what somebody reads. */
const EXPLORE_EVERY = 10;

/**
 * Shares the room by the dial: at 70 seven of ten slots go by the subscriber's own tastes, three by the
 * edition's trend order. In between one slot of ten is for exploring; at either end there is none,
 * because who turned the dial there wants the one thing only.
 * @param dial from 0, popular, to 100, relevant.
 */
export function shareRoom(room: number, dial: number): Slots {
  const explore = dial > 0 && dial < 100 ? Math.floor((room + 2) / EXPLORE_EVERY) : 0;
  const yours = Math.ceil(((room - explore) * dial) / 100);
  return { yours, trending: room - explore - yours, explore };
}
