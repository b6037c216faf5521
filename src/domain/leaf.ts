/** Program data as it is written: every value that somebody has to answer for is a leaf `{value, source, verified}`. Here the leaves are opened. */
export function unwrap(node: unknown): unknown {
  if (Array.isArray(node)) return Object.freeze(node.map(unwrap));
  if (node === null || typeof node !== 'object') return node;
  const record = node as Record<string, unknown>;
  if ('value' in record && 'source' in record) return unwrap(record['value']);
  // Without a prototype: codes from requests are looked up here, and `constructor` must not be found as a method of contraception.
  const plain = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of Object.entries(record)) plain[key] = unwrap(value);
  return Object.freeze(plain);
}
