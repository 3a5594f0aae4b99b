import { type Kysely, sql } from 'kysely';

/**
 * What providers said is kept without addresses, whom a send names by key; and a delivery knows of a
 * bounce that was not for good.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const masked = (words: string) =>
    `regexp_replace(${words}, '[^\\s<>@:;,"]+@[^\\s<>@:;,"]+', '…@…', 'g')`;
  const tables = ['deliveries', 'slices', 'notices', 'dead_letters'];
  await sql
    .raw(
      `
    alter table deliveries add column soft_bounced_at timestamptz;
    create index deliveries_subscriber on deliveries (subscriber_id);
    ${tables.map((table) => `update ${table} set why = ${masked('why')} where why like '%@%';`).join('\n    ')}
    update suppressions set detail = ${masked('detail')}
     where detail like '%@%' and reason in ('bounced', 'complained');
    update provider_events
       set payload = jsonb_set(payload, '{detail}', to_jsonb(${masked("payload->>'detail'")}))
     where payload->>'detail' like '%@%';
    update sends
       set only_emails = (select coalesce(jsonb_agg(lower(trim(email))), '[]')
                            from jsonb_array_elements_text(only_emails) email)
     where jsonb_typeof(only_emails) = 'array';
  `,
    )
    .execute(db);
}
