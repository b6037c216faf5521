/**
 * Reads an edition's document by the places that people name: `/contraception/lead` is the value there, whether or not it stands in a leaf
 * with its source; `pointer` gives the exact place in the file. What is absent and what is unknown are both no value, told apart by `has`.
 */
export class EditionReader {
  constructor(readonly document: object) {}

  /** The value at that place, leaves unwrapped; undefined when there is no such place, null when it is written as unknown. */
  value(path: string): unknown {
    return unwrapped(this.node(path));
  }

  has(path: string): boolean {
    return this.node(path) !== undefined;
  }

  /** null unless it is a number. */
  number(path: string): number | null {
    const value = this.value(path);
    return typeof value === 'number' ? value : null;
  }

  text(path: string): string | null {
    const value = this.value(path);
    return typeof value === 'string' ? value : null;
  }

  /** The texts of a list; empty when there is none. */
  texts(path: string): string[] {
    const value = this.value(path);
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
  }

  /** Names in an object, places in a list. */
  keys(path: string): string[] {
    const value = this.value(path);
    return typeof value === 'object' && value !== null ? Object.keys(value) : [];
  }

  /** RFC 6901, into the file as it is written: through the leaves on the way. */
  pointer(path: string): string {
    let node: unknown = this.document;
    let pointer = '';
    for (const step of stepsOf(path)) {
      if (isLeaf(node)) {
        node = node['value'];
        pointer += '/value';
      }
      node = childOf(node, step);
      pointer += `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    }
    return pointer;
  }

  private node(path: string): unknown {
    let node: unknown = this.document;
    for (const step of stepsOf(path)) node = childOf(isLeaf(node) ? node['value'] : node, step);
    return node;
  }
}

const stepsOf = (path: string): string[] => path.split('/').slice(1);

const isRecord = (node: unknown): node is Record<string, unknown> => typeof node === 'object' && node !== null && !Array.isArray(node);

/** A value with where it comes from. */
export const isLeaf = (node: unknown): node is Record<string, unknown> & { readonly value: unknown; readonly source: unknown } =>
  isRecord(node) && 'value' in node && 'source' in node;

function childOf(node: unknown, step: string): unknown {
  if (Array.isArray(node)) return /^\d+$/.test(step) ? node[Number(step)] : undefined;
  return isRecord(node) && Object.hasOwn(node, step) ? node[step] : undefined;
}

function unwrapped(node: unknown): unknown {
  if (isLeaf(node)) return unwrapped(node['value']);
  if (Array.isArray(node)) return node.map(unwrapped);
  if (!isRecord(node)) return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, unwrapped(value)]));
}

/** Every leaf of the document with its place, as a person names it. */
export function leavesOf(document: object): { readonly path: string; readonly leaf: Readonly<Record<string, unknown>> }[] {
  const found: { path: string; leaf: Record<string, unknown> }[] = [];
  const walk = (node: unknown, path: string): void => {
    if (isLeaf(node)) found.push({ path, leaf: node });
    else if (Array.isArray(node)) node.forEach((child, place) => void walk(child, `${path}/${place}`));
    else if (isRecord(node)) for (const [key, child] of Object.entries(node)) walk(child, `${path}/${key}`);
  };
  walk(document, '');
  return found;
}
