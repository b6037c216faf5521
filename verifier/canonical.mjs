// RFC 8785 canonical JSON. JavaScript's own number and string output is what the RFC asks for; only the order of keys is ours to make.

/**
 * @param {unknown} value what JSON.parse gives
 * @returns {string}
 */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const keys = Object.keys(value).sort(); // UTF-16 code units, as the RFC says
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
