// Stands between the service and its database and knows the protocol as far as one needs to lose an answer, or to break a statement, on purpose.
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface DatabaseProxy {
  /** The URL of the database, through the proxy. */
  readonly url: string;
  /**
   * Loses the answer to the next `count` statements whose text `matches`: the database gets and does them, and when its answer is whole the
   * connection is cut instead. A COMMIT is a statement like any other here.
   */
  loseAnswers(matches: (statement: string) => boolean, count: number): void;
  /** Loses the next `count` such statements themselves: the connection is cut and the database never sees them. */
  loseStatements(matches: (statement: string) => boolean, count: number): void;
  /** Holds the next such statement back until `work` is done; everything after it on that connection waits behind it. */
  holdNext(matches: (statement: string) => boolean, work: () => Promise<void>): void;
  /** Answers and statements lost so far. */
  lost(): number;
  /** Every statement prepared from now on goes through `change`, for controls that take a guard away from the real service. */
  rewrite(change: (statement: string) => string): void;
  close(): Promise<void>;
}

const SSL_REQUEST = 80_877_103;

/** Listens on a port of its own and forwards to the database of `url`. */
export async function proxyTo(url: string): Promise<DatabaseProxy> {
  const target = new URL(url);
  const hold: { matches: (statement: string) => boolean; work: (() => Promise<void>) | null } = { matches: () => false, work: null };
  const plan = { matches: (_: string) => false, answers: true, left: 0, lost: 0, change: (statement: string) => statement };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const database = connect(Number(target.port || 5432), target.hostname);
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.once('close', () => {
        sockets.delete(socket);
        client.destroy();
        database.destroy();
      });
    }
    const asked = new Messages();
    const prepared = new Map<string, string>();
    let doomed = false;
    let turn = Promise.resolve();
    const sees = (statement: string) => {
      if (hold.work !== null && hold.matches(statement)) {
        const { work } = hold;
        hold.work = null;
        turn = turn.then(work);
      }
      if (doomed || plan.left === 0 || !plan.matches(statement)) return;
      plan.left -= 1;
      doomed = true;
      if (plan.answers) return;
      plan.lost += 1;
      client.destroy();
    };
    client.on('data', (bytes: Buffer) => {
      const forward = asked.add(bytes).map(({ type, whole, body }) => {
        if (type === 'Q') sees(textAt(body, 0));
        if (type === 'B') sees(prepared.get(textAt(body, textAt(body, 0).length + 1)) ?? '');
        if (type !== 'P') return whole;
        const name = textAt(body, 0);
        const text = textAt(body, name.length + 1);
        prepared.set(name, text);
        const changed = plan.change(text);
        return changed === text ? whole : parse(name, changed, body.subarray(body.indexOf(0, name.length + 1) + 1));
      });
      if (forward.length === 0 || client.destroyed) return;
      turn = turn.then(() => {
        database.write(Buffer.concat(forward));
      });
    });
    database.on('data', (bytes: Buffer) => {
      // ReadyForQuery, idle, ends an answer: by then the work is committed. Nobody shall hear of it.
      const whole = bytes.length >= 6 && bytes[bytes.length - 6] === 0x5a && bytes[bytes.length - 1] === 0x49;
      if (!doomed) client.write(bytes);
      else if (whole) {
        plan.lost += 1;
        client.destroy();
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const own = new URL(url);
  own.hostname = '127.0.0.1';
  own.port = String(typeof address === 'object' && address ? address.port : 0);
  return {
    url: own.href,
    loseAnswers: (matches, count) => Object.assign(plan, { matches, answers: true, left: count }),
    loseStatements: (matches, count) => Object.assign(plan, { matches, answers: false, left: count }),
    holdNext: (matches, work) => Object.assign(hold, { matches, work }),
    lost: () => plan.lost,
    rewrite: (change) => Object.assign(plan, { change }),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Message {
  readonly type: string;
  readonly whole: Buffer;
  readonly body: Buffer;
}

/** Cuts a client's bytes into messages; what is not whole yet waits. */
class Messages {
  private rest: Buffer = Buffer.alloc(0);
  private started = false;

  add(bytes: Buffer): Message[] {
    this.rest = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
    const messages: Message[] = [];
    for (;;) {
      // The first message has no type.
      const head = this.started ? 1 : 0;
      if (this.rest.length < head + 4) return messages;
      const end = head + this.rest.readInt32BE(head);
      if (this.rest.length < end) return messages;
      const whole = this.rest.subarray(0, end);
      const type = this.started ? String.fromCharCode(this.rest[0] ?? 0) : 'startup';
      messages.push({ type, whole, body: whole.subarray(head + 4) });
      if (!this.started && whole.readInt32BE(4) !== SSL_REQUEST) this.started = true;
      this.rest = this.rest.subarray(end);
    }
  }
}

function parse(name: string, text: string, parameterTypes: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(`${name}\0${text}\0`, 'utf8'), parameterTypes]);
  const head = Buffer.alloc(5);
  head.write('P', 0);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const textAt = (body: Buffer, start: number): string => body.subarray(start, body.indexOf(0, start)).toString('utf8');
