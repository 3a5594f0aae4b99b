import type { App } from '../src/app.ts';
import type { Jobs } from '../src/queue/job.ts';
import { dispatch } from './dispatch.ts';
import { embed } from './embed.ts';
import { fit } from './fit.ts';
import { forget } from './forget.ts';
import { freeze } from './freeze.ts';
import { ingest } from './ingest.ts';
import { notify } from './notify.ts';
import { settle } from './settle.ts';
import { submit } from './submit.ts';
import { summarise } from './summarise.ts';
import { sweep } from './sweep.ts';

/** What a worker does, in the order of the pipeline. */
export const jobs: Jobs<App> = {
  ingest,
  summarise,
  embed,
  freeze,
  dispatch,
  submit,
  notify,
  settle,
  sweep,
  fit,
  forget,
};
