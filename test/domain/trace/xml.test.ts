import { describe, expect, test } from '@jest/globals';
import { readXml, textBelow, XML_LIMITS, type XmlElement, XmlInvalid } from '../../../src/trace/xml.js';

// XML comes from outside. Whatever it is, it is read or refused with the line and what is wrong: never half, never slowly, and nothing is fetched.

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What the reader says against it; null when it reads it. */
function refusalOf(content: string | Uint8Array): { line: number | null; problem: string } | null {
  try {
    readXml(typeof content === 'string' ? bytes(content) : content);
    return null;
  } catch (error) {
    if (error instanceof XmlInvalid) return { line: error.line, problem: error.problem };
    throw error;
  }
}

const utf16 = (text: string, mark: boolean): Uint8Array => {
  const content = Buffer.from(mark ? `\uFEFF${text}` : text, 'utf16le');
  return new Uint8Array(content);
};

describe('what is well-formed is read as it is', () => {
  const root = readXml(
    bytes(
      '<?xml version="1.0" encoding="UTF-8"?>\n<?style x?><!-- a -->\n<a xmlns="urn:x" b="1 &lt; 2">t&amp;&#x41;<p:c xmlns:p="urn:y"/>\n<![CDATA[<d>]]></a>\n',
    ),
  );
  test('names, namespaces, attributes, lines', () => {
    expect([root.name, root.namespace, root.line, root.attributes.get('b')]).toEqual(['a', 'urn:x', 3, '1 < 2']);
    const [child] = root.children.filter((node): node is XmlElement => typeof node !== 'string');
    expect([child?.name, child?.namespace, child?.line]).toEqual(['c', 'urn:y', 3]);
  });
  test('XML’s own entities, numbered characters and CDATA are text', () => expect(textBelow(root.children)).toBe('t&A <d>'));
  test('a byte order mark is no content', () => expect(refusalOf('\uFEFF<a/>')).toBeNull());
});

const LAUGHS = `<?xml version="1.0"?>
<!DOCTYPE lolz [
 <!ENTITY lol "lol">
${[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => ` <!ENTITY lol${n} "${`&lol${n === 1 ? '' : n - 1};`.repeat(10)}">`).join('\n')}
]>
<lolz>&lol9;</lolz>`;

describe('what could expand or fetch is refused', () => {
  test.each([
    ['a billion laughs', LAUGHS],
    ['one entity repeated often (quadratic)', `<!DOCTYPE a [<!ENTITY b "${'x'.repeat(50_000)}">]><a>${'&b;'.repeat(1000)}</a>`],
    ['an external entity of a file', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'],
    ['an external entity of a host', '<!DOCTYPE a [<!ENTITY b SYSTEM "http://127.0.0.1:1/">]><a>&b;</a>'],
    ['a parameter entity', '<!DOCTYPE a [<!ENTITY % b SYSTEM "http://127.0.0.1:1/x.dtd"> %b;]><a/>'],
    ['an external subset', '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd"><a/>'],
    ['a bare DOCTYPE', '<!DOCTYPE a><a/>'],
  ])('%s', (_, text) => {
    expect(refusalOf(text)?.problem).toMatch(/DOCTYPE/);
  });

  test('a DOCTYPE that never ends, and one in the middle', () => {
    expect(refusalOf('<!DOCTYPE a [ <!ENTITY b "c">')).not.toBeNull();
    expect(refusalOf('<a><!DOCTYPE a></a>')).not.toBeNull();
  });

  test('entities that nobody declared', () => {
    expect(refusalOf('<a>\n&nbsp;</a>')).toMatchObject({ line: 2 });
    expect(refusalOf('<a b="&lol;"/>')).not.toBeNull();
  });
});

describe('what is not well-formed is refused with its line', () => {
  test.each([
    ['nothing', '', null],
    ['white space', ' \n ', null],
    ['text', 'hello', 1],
    ['cut off inside an element', '<a>\n<b>\n', 3],
    ['cut off inside a tag', '<a>\n<b c="', 2],
    ['ends crossed', '<a>\n<b>\n</a></b>', 3],
    ['an attribute twice', '<a>\n<b c="1" c="2"/></a>', 2],
    ['an attribute twice by namespace', '<a xmlns:p="u" xmlns:q="u">\n<b p:c="1" q:c="2"/></a>', 2],
    ['an unquoted attribute', '<a>\n<b c=1/></a>', 2],
    ['an unescaped <', '<a>\n<b c="<"/></a>', 2],
    ['a prefix nobody declared', '<a>\n<p:b/></a>', 2],
    ['a control character', '<a>\n\u0001</a>', 2],
    ['a character by a number that is none', '<a>\n&#0;</a>', 2],
    ['two roots', '<a/>\n<b/>', 2],
    ['text after the root', '<a/>\nmore', 2],
    ['an XML declaration in the middle', '<a>\n<?xml version="1.0"?></a>', 2],
  ])('%s', (_, text, line) => {
    const refusal = refusalOf(text);
    expect(refusal).not.toBeNull();
    if (line !== null) expect(refusal?.line).toBe(line);
    expect(refusal?.problem).not.toMatch(/\n|at .*\.js|^\d+:\d+/);
  });
});

describe('only UTF-8 is read', () => {
  test.each([
    ['UTF-16 with a mark', utf16('<!DOCTYPE a><a/>', true), 1],
    ['UTF-16 without a mark', utf16('<!DOCTYPE a><a/>', false), 1],
    ['declared as another encoding', bytes('<?xml version="1.0" encoding="ISO-8859-1"?>\n<a/>'), 1],
    ['declared as UTF-7, which could hide a DOCTYPE', bytes('<?xml version="1.0" encoding="UTF-7"?>\n+ADw-a/>'), 1],
    ['a byte that is not UTF-8', Uint8Array.from([...bytes('<a>\n\n'), 0xe9, ...bytes('</a>')]), 3],
    ['a sequence cut off at the end', Uint8Array.from([...bytes('<a/>\n'), 0xe2, 0x82]), 2],
  ])('%s', (_, content, line) => {
    expect(refusalOf(content)).toMatchObject({ line });
  });
});

describe('bounds', () => {
  const within = (ms: number, content: string | Uint8Array): string | undefined => {
    const started = performance.now();
    const { problem } = refusalOf(content) ?? {};
    expect(performance.now() - started).toBeLessThan(ms);
    return problem;
  };

  test('size: refused before a byte is parsed', () => {
    expect(within(100, new Uint8Array(XML_LIMITS.bytes + 1))).toMatch(/are the most that is read/);
  });
  test('depth: the last that is allowed, one more, and a hundred thousand', () => {
    const deep = (levels: number) => `${'<a>'.repeat(levels)}${'</a>'.repeat(levels)}`;
    expect(refusalOf(deep(XML_LIMITS.depth))).toBeNull();
    expect(refusalOf(deep(XML_LIMITS.depth + 1))?.problem).toMatch(/deep in one another/);
    expect(within(1000, '<a>'.repeat(100_000))).toMatch(/deep in one another/);
  });
  test('attributes of one element', () => {
    const many = (count: number) => `<a ${Array.from({ length: count }, (_, index) => `b${index}="1"`).join(' ')}/>`;
    expect(refusalOf(many(XML_LIMITS.attributesOfOne))).toBeNull();
    expect(refusalOf(many(XML_LIMITS.attributesOfOne + 1))?.problem).toMatch(/attributes/);
    expect(within(2000, many(500_000))).toMatch(/attributes/);
  });
  test('the length of an attribute', () => {
    const long = (length: number) => `<a b="${'x'.repeat(length)}"/>`;
    expect(refusalOf(long(XML_LIMITS.attributeCharacters))).toBeNull();
    expect(refusalOf(long(XML_LIMITS.attributeCharacters + 1))?.problem).toMatch(/characters/);
  });
  test('elements', () => {
    expect(within(5000, `<a>${'<b/>'.repeat(XML_LIMITS.elements)}</a>`)).toMatch(/elements/);
  });
});
