import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Account } from './account.ts';
import { type ChaosProvider, healthy } from './provider.ts';

/** A mail server that counts whom it took mail for, and may forget to say so. */
export interface ChaosMailServer {
  readonly url: string;
  readonly account: Account;
  /** Messages that were stored and whose line was dropped instead of the answer. */
  dropped: number;
  /** Asked for each message that it stored: is the line dropped now? */
  dropAfter: (recipient: string) => boolean;
  close(): Promise<void>;
}

const REPLIES: Readonly<Record<string, string>> = {
  EHLO: '250-chaos.example.org\r\n250-PIPELINING\r\n250 8BITMIME',
  HELO: '250 chaos.example.org',
  MAIL: '250 2.1.0 Ok',
  RCPT: '250 2.1.5 Ok',
  RSET: '250 2.0.0 Ok',
  NOOP: '250 2.0.0 Ok',
};
const END = '\r\n.\r\n';

export async function startMailServer(): Promise<ChaosMailServer> {
  const account = new Account();
  const sockets = new Set<Socket>();
  let queued = 100_000;
  const server = createServer((socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)));
    socket.on('error', () => {}); // the worker may have died
    socket.write('220 chaos.example.org ESMTP\r\n');
    let text = '';
    let inMessage = false;
    let recipient = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      for (;;) {
        const mark = inMessage ? END : '\r\n';
        const end = text.indexOf(mark);
        if (end < 0) return;
        const line = text.slice(0, end);
        text = text.slice(end + mark.length);
        if (inMessage) {
          inMessage = false;
          if (!store(socket, recipient)) return;
          continue;
        }
        const verb = line.slice(0, 4).toUpperCase();
        if (verb === 'RCPT') recipient = /<([^>]*)>/.exec(line)?.[1] ?? '';
        inMessage = verb === 'DATA';
        if (verb === 'QUIT') socket.end('221 2.0.0 Bye\r\n');
        else if (inMessage) socket.write('354 Go on\r\n');
        else socket.write(`${REPLIES[verb] ?? '500 5.5.2 What?'}\r\n`);
      }
    });
  });

  /** @returns whether the line is still there. */
  function store(socket: Socket, recipient: string): boolean {
    queued += 1;
    account.took(`Q${queued}`, recipient, '', Date.now());
    if (mail.dropAfter(recipient)) {
      mail.dropped += 1;
      socket.destroy();
      return false;
    }
    socket.write(`250 2.0.0 Ok: queued as Q${queued}\r\n`);
    return true;
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const mail: ChaosMailServer = {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    account,
    dropped: 0,
    dropAfter: () => false,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return mail;
}

/** The same as a stage knows it; nothing of HTTP is ever asked. */
export function asProvider(mail: ChaosMailServer): ChaosProvider {
  return {
    url: 'http://127.0.0.1:9',
    account: mail.account,
    script: healthy,
    keyFor: (key) => key,
    poison: { addresses: new Set(), mode: 'strict' },
    close: mail.close,
  };
}
