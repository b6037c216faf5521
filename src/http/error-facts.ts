/** What the log may say about an error. Never its message: drivers and parsers quote input in it (T19). */
export interface ErrorFacts {
  readonly name: string;
  /** `ECONNREFUSED`, `23505`, … */
  readonly code?: string;
  readonly constraint?: string;
  readonly table?: string;
  readonly frames: readonly string[];
  readonly cause?: ErrorFacts;
}

const IDENTIFIER = /^[\w.-]{1,64}$/;
// Only a line that looks like a frame in every part: a message with line breaks could otherwise pass itself off as one.
const FRAME = /^ {4}at (?:(?:async |new )?[\w$.<>[\] ]{1,120} \()?((?:file:\/\/|node:|\/|[A-Za-z]:\\)[^\s()]{1,300}:\d{1,6}:\d{1,6})\)?$/;
const FRAMES = 10;

/** Name, codes and stack frames of anything thrown. */
export function errorFacts(thrown: unknown, depth = 0): ErrorFacts {
  if (!(thrown instanceof Error)) return { name: `thrown ${typeof thrown}`, frames: [] };
  const given = thrown as Error & { code?: unknown; constraint?: unknown; table?: unknown };
  const facts: { -readonly [K in keyof ErrorFacts]: ErrorFacts[K] } = {
    name: identifier(thrown.constructor?.name) ?? 'Error',
    frames: framesOf(thrown),
  };
  const code = identifier(given.code);
  const constraint = identifier(given.constraint);
  const table = identifier(given.table);
  if (code) facts.code = code;
  if (constraint) facts.constraint = constraint;
  if (table) facts.table = table;
  if (thrown.cause !== undefined && depth < 3) facts.cause = errorFacts(thrown.cause, depth + 1);
  return facts;
}

function identifier(value: unknown): string | undefined {
  return typeof value === 'string' && IDENTIFIER.test(value) ? value : undefined;
}

function framesOf(error: Error): string[] {
  const stack = typeof error.stack === 'string' ? error.stack : '';
  const message = typeof error.message === 'string' ? error.message : '';
  const at = message === '' ? -1 : stack.indexOf(message);
  const tail = at < 0 ? stack : stack.slice(at + message.length);
  return tail
    .slice(0, 20_000)
    .split('\n')
    .filter((line) => FRAME.test(line))
    .slice(0, FRAMES)
    .map((line) => line.trim());
}
