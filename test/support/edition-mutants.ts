// An edition of a program with one thing in it otherwise: a bound one more or less, a rule gone, a requirement not asked, a hold lifted by something
// else. Each is a mistake a reviewer could overlook, and so each must show in the cases.

type Path = readonly (string | number)[];

export interface EditionMutant {
  readonly name: string;
  readonly document: object;
}

type Tree = Record<string | number, unknown>;

const isLeaf = (node: unknown): node is { value: unknown; source: unknown } =>
  typeof node === 'object' && node !== null && 'value' in node && 'source' in node;

function changed(document: object, path: Path, change: (holder: Tree, last: string | number) => void): object {
  const copy = structuredClone(document);
  let node: unknown = copy;
  for (const step of path.slice(0, -1)) node = (node as Tree)[step];
  change(node as Tree, path.at(-1) ?? '');
  return copy;
}

/** Every value of the document that is no object, with the place where it stands. */
function* values(node: unknown, path: Path = []): Generator<{ path: Path; value: unknown }> {
  if (isLeaf(node)) yield* values(node.value, [...path, 'value']);
  else if (node !== null && typeof node === 'object')
    for (const [key, child] of Object.entries(node)) yield* values(child, [...path, Array.isArray(node) ? Number(key) : key]);
  else yield { path, value: node };
}

const opened = (node: unknown): unknown => (isLeaf(node) ? node.value : node);
const spoken = (path: Path): string => path.filter((step) => step !== 'value').join('/');
/** What decides nothing: texts, and what is printed beside a decision. */
const TOLD = ['questionnaires', 'checklists', 'materials', 'sources'];

export function* editionMutants(document: object): Generator<EditionMutant> {
  const root = document as Tree;
  for (const { path, value } of values(document)) {
    if (TOLD.includes(String(path[0]))) continue;
    const set = (to: unknown): EditionMutant => ({
      name: `${spoken(path)}: ${String(value)} → ${String(to)}`,
      document: changed(document, path, (holder, last) => {
        holder[last] = to;
      }),
    });
    if (typeof value === 'number') yield* [set(value - 1), set(value + 1)];
    if (path[0] === 'holds' && path.at(-1) === 'liftedBy')
      for (const other of ['clearing', 'quantitative-negative', 'negative', 'resolution']) if (other !== value) yield set(other);
    if (path[0] === 'holds' && path.includes('revokes')) yield set(!value);
  }
  const without = (path: Path, index: number, name: string): EditionMutant => ({
    name,
    document: changed(document, [...path, index], (holder) => (holder as unknown as unknown[]).splice(index, 1)),
  });
  const inside = (key: string): Path => (isLeaf(root[key]) ? [key, 'value'] : [key]);
  for (const [index] of (opened(root['categoryRules']) as unknown[]).entries())
    yield without(inside('categoryRules'), index, `categoryRules/${index}: removed`);
  for (const [when, list] of Object.entries(opened(root['judged']) as Record<string, unknown>))
    for (const [index, requirement] of (opened(list) as string[]).entries())
      yield without([...inside('judged'), when, ...(isLeaf(list) ? ['value'] : [])], index, `judged/${when}: without ${requirement}`);
}
