import type { ColumnType } from 'kysely';

/** int8: arrives as text, as `pg` gives it; the numbers stay far below 2^53. */
export type Id = ColumnType<string, number | string, number | string>;
export type Moment = ColumnType<Date, Date | string, Date | string>;
export type MaybeMoment = ColumnType<
  Date | null,
  Date | string | null | undefined,
  Date | string | null
>;
/** jsonb: written as JSON text, read as a value that its reader parses. */
export type Json<T> = ColumnType<T, string, string>;
