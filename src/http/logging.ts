import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, destination, type Level, type Logger, pino, stdTimeFunctions } from 'pino';
import { errorFacts } from './error-facts.js';

// Plain pino rather than nestjs-pino: that one logs through pino-http, whose request object is the raw URL with its query and all
// headers, to be redacted key by key. We start from nothing and name what may appear.

/**
 * The only members a log line may have besides level, time and message. Ids of patients, names, numbers of authorizations, bodies,
 * headers, addresses and queries are not among them and cannot be added by accident; a dropped member is counted in `dropped`.
 */
export const LOG_FIELDS: ReadonlySet<string> = new Set([
  ...['requestId', 'reference', 'method', 'route', 'status', 'durationMs', 'role', 'lane', 'code', 'aborted', 'error'],
  ...['context', 'event', 'part', 'attempt', 'count', 'port', 'host', 'version', 'signal', 'job', 'migration', 'edition', 'skewMs'],
]);

const MAX_TEXT = 300;
const MAX_MESSAGE = 1_000;

export interface LoggingOptions {
  readonly level?: Level | 'silent';
  /** Where lines go; standard output when left out. */
  readonly stream?: DestinationStream;
}

/** One JSON object a line, allow-listed, with every control, bidi and line-breaking character escaped. */
export function createLogger(options: LoggingOptions = {}): Logger {
  const log = pino(
    {
      level: options.level ?? 'info',
      messageKey: 'message',
      timestamp: stdTimeFunctions.isoTime,
      base: null,
      formatters: { level: (label) => ({ level: label }), log: allowed },
      hooks: {
        // pino would format further arguments into the message, and an Error given alone would become one; neither is allowed.
        logMethod(args: unknown[], method) {
          const [first, second] = args;
          if (first instanceof Error) method.call(this, { error: first }, text(second));
          else if (typeof first === 'object' && first !== null) method.call(this, first, text(second));
          else method.call(this, text(first));
        },
      },
    },
    // Lines leave a few kilobytes at a time, at the latest after a fifth of a second and when the process ends: one write a request was 5 % of it.
    escaping(options.stream ?? destination({ sync: false, minLength: 4_096, periodicFlush: 200 })),
  );
  // pino resets its bindings formatter for children, so what they carry is filtered on the way in; their children inherit this.
  const child = log.child;
  log.child = function allowedChild(this: Logger, bindings: Record<string, unknown>) {
    return child.call(this, allowed(bindings));
  } as typeof log.child;
  return log;
}

function text(message: unknown): string {
  return typeof message === 'string' ? message.slice(0, MAX_MESSAGE) : '';
}

function allowed(fields: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  let dropped = 0;
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (!LOG_FIELDS.has(name)) dropped++;
    else if (name === 'error') kept.error = errorFacts(value);
    else if (typeof value === 'string') kept[name] = value.slice(0, MAX_TEXT);
    else if (typeof value === 'number' || typeof value === 'boolean') kept[name] = value;
    else dropped++;
  }
  if (dropped > 0) kept.dropped = dropped;
  return kept;
}

// pino escapes U+0000–U+001F. A terminal or a log viewer also obeys DEL, C1, line separators and bidi controls. Outside of strings
// JSON has none of these, so replacing them in the finished line keeps it the same JSON.
const UNSAFE = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function escaping(stream: DestinationStream): DestinationStream {
  return {
    write(line: string): void {
      stream.write(line.replace(UNSAFE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`));
    },
  };
}

// What Nest says while it wires itself: one line per route and module.
const CHATTY = new Set(['RoutesResolver', 'RouterExplorer', 'InstanceLoader', 'NestFactory']);

/** Nest's own messages, through the same allow-list. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.#write('info', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.#write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.#write('trace', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.#write('fatal', message, rest);
  }

  #write(level: Level, message: unknown, rest: readonly unknown[]): void {
    const last = rest.at(-1);
    const context = typeof last === 'string' && /^[\w ]{1,60}$/.test(last) ? last : undefined;
    const error = [message, ...rest].find((part) => part instanceof Error);
    const at = level === 'info' && context !== undefined && CHATTY.has(context) ? 'debug' : level;
    this.logger[at]({ context, error }, typeof message === 'string' ? message : 'see error');
  }
}
