import 'vitest';

/** What the global setups hand to tests: `inject('databaseUrl')`, `inject('redisUrl')`. */
declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL server whose `freshDatabase` a test may ask for; empty: embedded. */
    databaseUrl: string;
    /** A Redis server that other tests use too; empty: embedded. */
    redisUrl: string;
    /** A file with a migrated PGlite data folder, which opens faster than an empty one. */
    pgliteTemplate: string;
    /** The compiled `paperboy` program. */
    program: string;
  }
}
