// One keep-alive connection that sends ready-made bytes and reads just enough of the answer. A full HTTP client would use as much
// processor time as the service it measures, on the same two cores.
import { connect, type Socket } from 'node:net';

export interface Reply {
  readonly status: number;
  readonly body: string;
}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

const END_OF_HEAD = Buffer.from('\r\n\r\n');

export class HttpConnection {
  private waiting: Waiting | null = null;
  private broken: Error | null = null;
  private received: Buffer = Buffer.alloc(0);

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.take(chunk));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new Error('The service closed the connection.')));
  }

  static open(port: number): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new HttpConnection(socket));
      });
    });
  }

  /** Sends one request and waits for its answer; one at a time. */
  send(head: string, body: string): Promise<Reply> {
    if (this.waiting) throw new Error('This connection still waits for an answer.');
    if (this.broken) return Promise.reject(this.broken);
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.write(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const headEnds = this.received.indexOf(END_OF_HEAD);
    if (headEnds < 0) return;
    const head = this.received.toString('latin1', 0, headEnds).toLowerCase();
    const lengthAt = head.indexOf('\r\ncontent-length: ');
    if (lengthAt < 0) {
      this.fail(new Error(`An answer without content-length: ${head.slice(0, 200)}`));
      return;
    }
    const bodyStarts = headEnds + END_OF_HEAD.length;
    const bodyEnds = bodyStarts + Number.parseInt(head.slice(lengthAt + 18), 10);
    if (this.received.length < bodyEnds) return;
    const reply = { status: Number(head.slice(9, 12)), body: this.received.toString('utf8', bodyStarts, bodyEnds) };
    this.received = this.received.subarray(bodyEnds);
    const waiting = this.waiting;
    this.waiting = null;
    waiting?.resolve(reply);
  }

  private fail(error: Error): void {
    this.broken ??= error;
    const waiting = this.waiting;
    this.waiting = null;
    waiting?.reject(error);
  }
}

/** Request line and headers of a POST, without the length and the empty line. */
export const headOf = (path: string, headers: Readonly<Record<string, string>>): string =>
  `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}`;
