import type { OpenAPIObject } from '@nestjs/swagger';

/** A change after which a client that was right yesterday fails today. */
export interface BreakingChange {
  /** `POST /v1/authorizations request /lines`. */
  readonly where: string;
  readonly what: string;
}

type Json = Record<string, unknown>;
type Direction = 'request' | 'response';

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'];

const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {});
const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/**
 * What in `next` breaks clients of `previous`. Because unknown request fields are refused here, a *removed* request field breaks as well.
 * A new value in an answer's enum does not: the reason catalogue grows, and clients are told to expect it.
 */
export function compareOpenApi(previous: OpenAPIObject, next: OpenAPIObject): BreakingChange[] {
  const comparison = new Comparison(previous as unknown as Json, next as unknown as Json);
  return comparison.run();
}

class Comparison {
  readonly #found: BreakingChange[] = [];
  readonly #seen = new Set<string>();

  constructor(
    private readonly previous: Json,
    private readonly next: Json,
  ) {}

  run(): BreakingChange[] {
    for (const [path, item] of Object.entries(asObject(this.previous.paths))) {
      for (const method of METHODS) {
        const before = asObject(item)[method];
        if (before === undefined) continue;
        const where = `${method.toUpperCase()} ${path}`;
        const after = asObject(asObject(this.next.paths)[path])[method];
        if (after === undefined) this.#report(where, 'operation removed');
        else this.#operation(where, asObject(before), asObject(after));
      }
    }
    return this.#found;
  }

  #report(where: string, what: string): void {
    if (!this.#found.some((one) => one.where === where && one.what === what)) this.#found.push({ where, what });
  }

  #operation(where: string, before: Json, after: Json): void {
    this.#parameters(where, before, after);
    this.#request(`${where} request`, asObject(before.requestBody), asObject(after.requestBody));
    for (const [status, answer] of Object.entries(asObject(before.responses))) {
      const changed = asObject(after.responses)[status];
      if (changed === undefined) this.#report(`${where} ${status}`, 'answer removed');
      else this.#content(`${where} ${status}`, asObject(answer), asObject(changed), 'response');
    }
  }

  #parameters(where: string, before: Json, after: Json): void {
    const keyed = (operation: Json): Map<string, Json> =>
      new Map(
        asList(operation.parameters).map((one) => [`${asObject(one).in} ${String(asObject(one).name).toLowerCase()}`, asObject(one)]),
      );
    const [old, now] = [keyed(before), keyed(after)];
    for (const [key, parameter] of old) {
      const changed = now.get(key);
      if (!changed) this.#report(where, `parameter removed: ${key}`);
      else this.#schema(`${where} ${key}`, parameter.schema, changed.schema, 'request');
    }
    for (const [key, parameter] of now) {
      if (parameter.required === true && old.get(key)?.required !== true) this.#report(where, `parameter now required: ${key}`);
    }
  }

  #request(where: string, before: Json, after: Json): void {
    if (after.required === true && before.required !== true) this.#report(where, 'body now required');
    this.#content(where, before, after, 'request');
  }

  #content(where: string, before: Json, after: Json, direction: Direction): void {
    for (const [type, media] of Object.entries(asObject(before.content))) {
      const changed = asObject(after.content)[type];
      if (changed === undefined) this.#report(where, `media type removed: ${type}`);
      else this.#schema(where, asObject(media).schema, asObject(changed).schema, direction);
    }
  }

  #schema(where: string, before: unknown, after: unknown, direction: Direction): void {
    const pair = `${direction} ${where.split(' ').slice(0, 2).join(' ')} ${asObject(before).$ref ?? ''} ${asObject(after).$ref ?? ''}`;
    if (asObject(before).$ref !== undefined) {
      if (this.#seen.has(pair)) return; // a schema that contains itself
      this.#seen.add(pair);
    }
    const old = resolved(this.previous, before);
    const now = resolved(this.next, after);
    this.#types(where, old, now, direction);
    this.#enums(where, old, now, direction);
    if (direction === 'request') this.#bounds(where, old, now);
    this.#properties(where, old, now, direction);
    if (old.items !== undefined && now.items !== undefined) this.#schema(`${where}/*`, old.items, now.items, direction);
  }

  #types(where: string, old: Json, now: Json, direction: Direction): void {
    const [before, after] = [typesOf(old), typesOf(now)];
    if (before.length === 0 || after.length === 0) return;
    // A request may be taken more widely, an answer may be given more narrowly; the other way round somebody is surprised.
    const [must, may] = direction === 'request' ? [before, after] : [after, before];
    const accepted = (type: string): boolean => may.includes(type) || (type === 'integer' && may.includes('number'));
    if (!must.every(accepted)) this.#report(where, `type changed from ${before.join('|')} to ${after.join('|')}`);
    else if (old.format !== now.format && old.format !== undefined && now.format !== undefined) {
      this.#report(where, `format changed from ${String(old.format)} to ${String(now.format)}`);
    }
  }

  #enums(where: string, old: Json, now: Json, direction: Direction): void {
    if (direction !== 'request' || now.enum === undefined) return;
    if (old.enum === undefined) this.#report(where, 'enum added');
    const gone = asList(old.enum).filter((value) => !asList(now.enum).includes(value));
    if (gone.length > 0) this.#report(where, `enum narrowed, no longer: ${gone.join(', ')}`);
  }

  #bounds(where: string, old: Json, now: Json): void {
    for (const [name, tightens] of [
      ['maxLength', (a: number, b: number) => b < a],
      ['maximum', (a: number, b: number) => b < a],
      ['maxItems', (a: number, b: number) => b < a],
      ['minLength', (a: number, b: number) => b > a],
      ['minimum', (a: number, b: number) => b > a],
      ['minItems', (a: number, b: number) => b > a],
    ] as const) {
      const isUpper = name.startsWith('max');
      const before = typeof old[name] === 'number' ? old[name] : isUpper ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
      const after = now[name];
      // `minLength: 0` and the like say nothing.
      if (typeof after === 'number' && (isUpper || after > 0 || name === 'minimum') && tightens(before, after)) {
        this.#report(where, `${name} tightened to ${after}`);
      }
    }
    if (now.pattern !== undefined && now.pattern !== old.pattern) this.#report(where, 'pattern changed');
  }

  #properties(where: string, old: Json, now: Json, direction: Direction): void {
    const [before, after] = [asObject(old.properties), asObject(now.properties)];
    const [requiredBefore, requiredAfter] = [asList(old.required), asList(now.required)];
    for (const [name, schema] of Object.entries(before)) {
      const changed = after[name];
      if (changed === undefined) this.#report(where, `${direction} field removed: ${name}`);
      else this.#schema(`${where}/${name}`, schema, changed, direction);
      if (direction === 'response' && changed !== undefined && requiredBefore.includes(name) && !requiredAfter.includes(name)) {
        this.#report(where, `response field may now be missing: ${name}`);
      }
    }
    if (direction === 'response') return;
    for (const name of requiredAfter) {
      if (!requiredBefore.includes(name)) this.#report(where, `request field now required: ${String(name)}`);
    }
  }
}

function typesOf(schema: Json): string[] {
  const types = schema.type === undefined ? asList(schema.anyOf).flatMap((one) => typesOf(asObject(one))) : [schema.type].flat();
  return types.filter((type): type is string => typeof type === 'string').sort();
}

/** Follows `$ref` and folds `allOf`, as far as our own generator uses them. */
function resolved(document: Json, schema: unknown): Json {
  let at = asObject(schema);
  for (let hops = 0; typeof at.$ref === 'string' && hops < 10; hops++) {
    at = at.$ref
      .replace(/^#\//, '')
      .split('/')
      .reduce<Json>((node, key) => asObject(node[key]), document);
  }
  const parts = asList(at.allOf).map((part) => resolved(document, part));
  if (parts.length === 0) return at;
  return {
    ...at,
    type: at.type ?? 'object',
    properties: Object.assign({}, ...parts.map((part) => asObject(part.properties)), at.properties),
    required: [...new Set([...parts.flatMap((part) => asList(part.required)), ...asList(at.required)])],
  };
}
