import { expect } from 'expect';

/**
 * Jest's words without Jest: a test file that says `describe` and `test` leaves its tests here as plain functions, which the mutation runner
 * plays thousands of times in one process. Jest starts a world for each file, which costs more than the tests themselves.
 */
export interface Registered {
  readonly name: string;
  readonly run: () => unknown;
}

type Body = (...row: never[]) => unknown;

const registered: Registered[] = [];
const path: string[] = [];

/** The tests left since the last time this was asked. */
export const takeRegistered = (): Registered[] => registered.splice(0);

function group(name: string, body: Body, row: readonly unknown[] = []): void {
  path.push(name);
  body(...(row as never[]));
  path.pop();
}

function one(name: string, body: Body, row: readonly unknown[] = []): void {
  registered.push({ name: [...path, name].join(' › '), run: () => body(...(row as never[])) });
}

const eachRow = (say: typeof group) => (rows: readonly unknown[]) => (name: string, body: Body) => {
  for (const [index, row] of rows.entries()) say(`${name} [${index}]`, body, Array.isArray(row) ? row : [row]);
};

export const describe = Object.assign((name: string, body: Body) => group(name, body), { each: eachRow(group) });
export const test = Object.assign((name: string, body: Body) => one(name, body), { each: eachRow(one) });
export { expect, test as it };
