import { SaxesParser } from 'saxes';

/**
 * XML as somebody else wrote it, read into a small tree or refused with the line and what is wrong there. Nothing is ever fetched or expanded:
 * a DOCTYPE is refused whole (it could declare entities or name other files), and of entities only XML's own five and characters by number
 * are known. The bounds are checked while reading, so that what is refused has cost no more than its beginning.
 */
export interface XmlElement {
  /** Without prefix. */
  readonly name: string;
  readonly namespace: string;
  readonly line: number;
  /** By name as written, prefix included. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly (XmlElement | string)[];
}

export interface XmlLimits {
  readonly bytes: number;
  readonly depth: number;
  readonly elements: number;
  readonly attributesOfOne: number;
  readonly attributeCharacters: number;
}

/** Several times what the largest labels hold; the one in our fixtures has 160 kB, 23 levels and 4 attributes at most. */
export const XML_LIMITS: XmlLimits = { bytes: 8_000_000, depth: 64, elements: 200_000, attributesOfOne: 32, attributeCharacters: 10_000 };

/** The file cannot be read: at which line (from 1; null when it is about the whole) and why. */
export class XmlInvalid extends Error {
  constructor(
    readonly line: number | null,
    readonly problem: string,
  ) {
    super(line === null ? problem : `line ${line}: ${problem}`);
  }
}

const number = (count: number): string => count.toLocaleString('en-US');

/** The root element. @throws XmlInvalid */
export function readXml(bytes: Uint8Array, limits: XmlLimits = XML_LIMITS): XmlElement {
  if (bytes.length > limits.bytes)
    throw new XmlInvalid(null, `the file has ${number(bytes.length)} bytes; ${number(limits.bytes)} are the most that is read`);
  return new Reading(limits).of(textOf(bytes));
}

/** One reading: the elements that are still open, and what is counted. */
class Reading {
  private readonly parser = new SaxesParser({ xmlns: true, position: true });
  private readonly open: (XmlElement & { readonly children: (XmlElement | string)[] })[] = [];
  private root: XmlElement | null = null;
  private elements = 0;
  private attributes = 0;

  constructor(limits: XmlLimits) {
    const { parser } = this;
    parser.on('error', (error) => this.refuse(error.message.replace(/^\d+:\d+: /, '').replace(/\.$/, '')));
    parser.on('doctype', () => this.refuse('a DOCTYPE is not allowed: it could declare entities or name other files'));
    parser.on('xmldecl', ({ encoding }) => {
      if (encoding !== undefined && !/^(utf-8|us-ascii)$/i.test(encoding)) this.refuse(`the encoding is ${encoding}; only UTF-8 is read`);
    });
    parser.on('opentagstart', () => {
      this.attributes = 0;
      this.elements += 1;
      if (this.elements > limits.elements) this.refuse(`more than ${number(limits.elements)} elements`);
      if (this.open.length >= limits.depth) this.refuse(`elements stand more than ${limits.depth} deep in one another`);
    });
    parser.on('attribute', ({ name, value }) => {
      this.attributes += 1;
      if (this.attributes > limits.attributesOfOne) this.refuse(`an element has more than ${limits.attributesOfOne} attributes`);
      if (value.length > limits.attributeCharacters)
        this.refuse(`the attribute ${shortened(name)} has more than ${number(limits.attributeCharacters)} characters`);
    });
    parser.on('opentag', (tag) => {
      const attributes = new Map(Object.values(tag.attributes).map((each) => [each.name, each.value]));
      const element = { name: tag.local, namespace: tag.uri, line: parser.line, attributes, children: [] };
      this.open.at(-1)?.children.push(element);
      this.root ??= element;
      this.open.push(element);
    });
    parser.on('closetag', () => void this.open.pop());
    const keep = (text: string): void => void this.open.at(-1)?.children.push(text);
    parser.on('text', keep);
    parser.on('cdata', keep);
  }

  of(text: string): XmlElement {
    this.parser.write(text).close();
    if (this.root === null) throw new XmlInvalid(null, 'the file holds no element');
    return this.root;
  }

  private refuse(problem: string): never {
    throw new XmlInvalid(this.parser.line, problem);
  }
}

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** The bytes as text. Other encodings are refused rather than guessed: a guess could hide a DOCTYPE. @throws XmlInvalid */
function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const wide = (first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe) || first === 0 || second === 0;
  if (wide) throw new XmlInvalid(1, 'the file is written in UTF-16 or UTF-32; only UTF-8 is read');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new XmlInvalid(firstLineNotUtf8(bytes), 'there are bytes that are not UTF-8');
  }
}

function firstLineNotUtf8(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  for (let from = 0; from < bytes.length; line += 1) {
    const end = bytes.indexOf(0x0a, from);
    const to = end < 0 ? bytes.length : end;
    try {
      decoder.decode(bytes.subarray(from, to));
    } catch {
      break;
    }
    from = to + 1;
  }
  return line;
}

// What readers of a tree need.

export const isElement = (node: XmlElement | string): node is XmlElement => typeof node !== 'string';

export const childrenOf = (element: XmlElement, name: string): XmlElement[] =>
  element.children.filter((node): node is XmlElement => isElement(node) && node.name === name);

/** The first element at the end of a path of names. */
export function at(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  return path.reduce<XmlElement | undefined>((node, name) => (node === undefined ? undefined : childrenOf(node, name)[0]), element);
}

/** Every element below, itself included, in the document's order. */
export function* below(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const node of element.children) if (isElement(node)) yield* below(node);
}

/** The text below, as a reader sees it: runs of white space are one space, and a line break is one. */
export function textBelow(nodes: readonly (XmlElement | string)[]): string {
  const raw = (list: readonly (XmlElement | string)[]): string =>
    list.map((node) => (isElement(node) ? (node.name === 'br' ? ' ' : raw(node.children)) : node)).join('');
  return raw(nodes).replace(/\s+/gu, ' ').trim();
}
