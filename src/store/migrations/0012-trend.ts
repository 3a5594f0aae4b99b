import { type Kysely, sql } from 'kysely';

/** How papers of earlier days did, for those whose votes are still to come. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- A listing day whose votes were summed up.
    create table trend_days (
      day date primary key,
      -- Papers of that day when it was summed up: with another number it is done again.
      seen int not null,
      -- Those on a list that somebody voted on, and their mean of ln(1 + votes), in millionths.
      papers int not null,
      usual_micro int not null
    );

    -- What of it falls to a person, an organisation, a submitter or an owner of code.
    create table trend_marks (
      key text collate "C" not null,
      day date not null references trend_days on delete cascade,
      papers int not null,
      -- Sum of ln(1 + votes) less the mean of the list, in millionths: whole numbers add up alike in any order.
      sum_micro int not null,
      primary key (key, day)
    );
  `.execute(db);
}
