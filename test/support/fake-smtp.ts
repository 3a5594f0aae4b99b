import { type AddressInfo, createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A message as a server took it. */
interface Taken {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: Buffer;
  readonly encrypted: boolean;
}

export interface Sink {
  readonly port: number;
  readonly taken: readonly Taken[];
  /** Connections so far. */
  connections(): number;
  /** Verbs so far; of a scripted server only. */
  commands(): readonly string[];
  /** Breaks every line. */
  drop(): void;
  close(): Promise<void>;
}

/** A mail server made of npm's smtp-server, which takes everything unless `options` say otherwise. */
export async function startSink(options: SMTPServerOptions = {}): Promise<Sink> {
  const taken: Taken[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: options.key === undefined ? ['STARTTLS'] : [],
    disableReverseLookup: true,
    closeTimeout: 100,
    onData(stream, session, callback) {
      buffer(stream).then((raw) => {
        const { mailFrom, rcptTo } = session.envelope;
        taken.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw,
          encrypted: session.secure,
        });
        callback(null, `Ok: queued as Q${taken.length}XYZ`);
      }, callback);
    },
    ...options,
  });
  server.on('error', () => {}); // of single lines, which the tests break
  server.server.on('connection', (socket: Socket) => {
    connections++;
    sockets.add(socket.once('close', () => sockets.delete(socket)));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.server.address() as AddressInfo).port,
    taken,
    connections: () => connections,
    commands: () => [],
    drop,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        drop();
      }),
  };
}

/** Where a scripted server can misbehave; `BODY` is when the first bytes of a message are there. */
type Moment = 'GREETING' | 'EHLO' | 'MAIL' | 'RCPT' | 'DATA' | 'BODY' | 'DOT';

export interface Act {
  /** Said instead of the proper reply, with a CRLF; `raw` without one. */
  readonly say?: string;
  readonly raw?: string;
  /** Afterwards: `drop` closes the line, `hang` goes silent on this one. */
  readonly next?: 'drop' | 'hang';
  /** Is the message kept all the same? Default: when the reply is a 250. */
  readonly keep?: boolean;
}

export type Script = Partial<Record<Moment, readonly Act[]>>;

const PROPER: Readonly<Record<string, string>> = {
  GREETING: '220 fake.example.org ESMTP',
  EHLO: '250-fake.example.org\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250 8BITMIME',
  MAIL: '250 2.1.0 Ok',
  RCPT: '250 2.1.5 Ok',
  DATA: '354 End data with <CR><LF>.<CR><LF>',
  RSET: '250 2.0.0 Ok',
  QUIT: '221 2.0.0 Bye',
};

/** A mail server on bare sockets that acts as told, each act once; without acts it is proper. */
export async function startScripted(script: Script): Promise<Sink> {
  const acts = new Map(Object.entries(script).map(([moment, list]) => [moment, [...list]]));
  const taken: Taken[] = [];
  const sockets = new Set<Socket>();
  const commands: string[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket.once('close', () => sockets.delete(socket)));
    socket.on('error', () => {}); // the client may be gone
    let rest = '';
    let inMessage = false;
    let recipients = 0;
    let hanging = false;

    /** Replies to a moment; says whether the reply is positive. */
    function act(moment: string, proper: string): boolean {
      const { say, raw, next, keep } = acts.get(moment)?.shift() ?? { say: proper };
      hanging = next === 'hang';
      if (say !== undefined) socket.write(`${say}\r\n`);
      if (raw !== undefined) socket.write(raw);
      if (hanging) socket.pause();
      if (next === 'drop') socket.destroySoon();
      return keep ?? /^[23]/.test(say ?? '');
    }

    act('GREETING', PROPER.GREETING ?? '');
    socket.on('data', (chunk) => {
      rest += chunk.toString('latin1');
      while (!hanging) {
        if (inMessage && acts.get('BODY')?.length && rest !== '') act('BODY', '');
        const end = rest.indexOf(inMessage ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const part = rest.slice(0, end);
        rest = rest.slice(end + (inMessage ? 5 : 2));
        if (inMessage) {
          inMessage = false;
          const raw = Buffer.from(`${part}\r\n`.replace(/^\.\./gm, '.'), 'latin1');
          if (act('DOT', `250 2.0.0 Ok: queued as S${taken.length}XYZ`))
            taken.push({ from: '', to: [], raw, encrypted: false });
        } else {
          const verb = (part.split(/[ :]/)[0] ?? '').toUpperCase();
          commands.push(verb);
          const none = verb === 'DATA' && recipients === 0;
          const proper = none ? '554 5.5.1 No valid recipients' : PROPER[verb];
          const positive = act(verb, proper ?? '500 5.5.2 What?');
          if (verb === 'MAIL') recipients = 0;
          if (verb === 'RCPT' && positive) recipients++;
          inMessage = verb === 'DATA' && positive;
        }
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    taken,
    connections: () => connections,
    commands: () => commands,
    drop,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        drop();
      }),
  };
}
