import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** Creates an empty database of its own on a server, so that tests never meet each other's rows. */
export async function freshDatabase(
  baseUrl: string,
): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await queryOnce(baseUrl, `create database ${name}`);
  const url = new URL(baseUrl);
  url.pathname = name;
  return {
    url: url.href,
    drop: async () => {
      await queryOnce(baseUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

/** Runs one statement over a connection of its own and gives its rows. */
export async function queryOnce(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
