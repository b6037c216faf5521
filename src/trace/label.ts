import { createHash } from 'node:crypto';
import { type RequirementLine, type RequirementList } from './requirement-list.js';
import { at, below, childrenOf, isElement, readXml, textBelow, type XmlElement, XmlInvalid } from './xml.js';

/**
 * A safety program as the FDA codes it: structured product labeling (HL7 version 3), document type 82351-8. The words of a requirement stand in
 * a table for people to read; the codes stand beside it, and each names its words by an anchor. A line is left out for no reason: what cannot be
 * read is refused with the line of the file.
 */
const NAMESPACE = 'urn:hl7-org:v3';
const SAFETY_PROGRAM = '82351-8';

/** @throws XmlInvalid */
export function readLabel(bytes: Uint8Array, program: string, note: string | null): RequirementList {
  const root = readXml(bytes);
  if (root.name !== 'document' || root.namespace !== NAMESPACE)
    throw new XmlInvalid(root.line, `the root is ${root.name} of "${root.namespace}", not document of "${NAMESPACE}"`);
  const foreign = [...below(root)].find((element) => element.namespace !== NAMESPACE);
  if (foreign) throw new XmlInvalid(foreign.line, `${foreign.name} is of "${foreign.namespace}", not of "${NAMESPACE}"`);
  const type = attribute(only(root, 'code'), 'code');
  if (type !== SAFETY_PROGRAM)
    throw new XmlInvalid(root.line, `the document is of type ${type}, not ${SAFETY_PROGRAM} (risk evaluation and mitigation strategy)`);
  const title = textBelow(only(root, 'title').children);
  const effective = attribute(only(root, 'effectiveTime'), 'value');
  const dated = /^(\d{4})(\d{2})(\d{2})$/.exec(effective);
  if (!dated) throw new XmlInvalid(only(root, 'effectiveTime').line, `"${effective}" is not a date written as year, month and day`);
  return {
    program,
    title,
    source: {
      kind: 'label',
      title,
      set: attribute(only(root, 'setId'), 'root'),
      version: attribute(only(root, 'versionNumber'), 'value'),
      effective: dated.slice(1).join('-'),
      sha256: createHash('sha256').update(bytes).digest('hex'),
      verified: false,
      note,
    },
    lines: linesOf(root),
  };
}

function linesOf(root: XmlElement): RequirementLine[] {
  const anchors = anchorsBelow(root);
  const documents = documentTitles(root);
  const lines = new Map<string, RequirementLine>();
  for (const protocol of [...below(root)].filter((each) => each.name === 'protocol'))
    for (const component of childrenOf(protocol, 'component')) {
      const coded = component.children.filter(isElement).find((each) => each.name !== 'sequenceNumber');
      if (coded === undefined || !['requirement', 'monitoringObservation'].includes(coded.name))
        throw new XmlInvalid(component.line, `a step of a protocol holds ${coded?.name ?? 'nothing'}, not a requirement`);
      const line = lineOf(coded, protocol, anchors, documents);
      if (lines.has(line.ref)) throw new XmlInvalid(coded.line, `${line.ref} is coded a second time`);
      lines.set(line.ref, line);
    }
  if (lines.size === 0) throw new XmlInvalid(root.line, 'the label codes no requirement');
  const uncoded = [...anchors].find(([ref]) => !lines.has(ref));
  if (uncoded) throw new XmlInvalid(uncoded[1].line, `${uncoded[0]} stands in a table of requirements, but nothing codes it`);
  return [...anchors.keys()].flatMap((ref) => lines.get(ref) ?? []);
}

function lineOf(coded: XmlElement, protocol: XmlElement, anchors: Anchors, documents: ReadonlyMap<string, string>): RequirementLine {
  const code = only(coded, 'code');
  const reference = at(code, 'originalText', 'reference');
  if (reference === undefined) throw new XmlInvalid(code.line, 'the requirement does not say where its words stand');
  const ref = attribute(reference, 'value').replace(/^#/, '');
  const words = anchors.get(ref);
  if (words === undefined) throw new XmlInvalid(reference.line, `no table of requirements has the words of ${ref}`);
  const stakeholders = childrenOf(coded, 'participation').map((each) => attribute(only(only(each, 'stakeholder'), 'code'), 'displayName'));
  if (stakeholders.length === 0) throw new XmlInvalid(coded.line, `${ref} binds nobody`);
  return {
    ref,
    who: stakeholders.join(', '),
    heading: words.heading,
    phase: attribute(only(protocol, 'code'), 'displayName'),
    code: attribute(code, 'code'),
    asks: attribute(code, 'displayName'),
    when: words.when,
    every: everyOf(at(coded, 'effectiveTime', 'period')),
    text: words.text,
    documents: childrenOf(coded, 'subject').map((subject) => {
      const id = at(subject, 'documentReference', 'id');
      const named = id && documents.get(attribute(id, 'root'));
      if (named === undefined) throw new XmlInvalid(subject.line, `${ref} names a document that the label does not have`);
      return named;
    }),
  };
}

function everyOf(period: XmlElement | undefined): RequirementLine['every'] {
  if (period === undefined) return null;
  const value = Number(attribute(period, 'value'));
  if (!(value > 0)) throw new XmlInvalid(period.line, `"${attribute(period, 'value')}" is no period`);
  return { value, unit: attribute(period, 'unit') };
}

interface Words {
  readonly line: number;
  readonly text: string;
  readonly heading: string | null;
  readonly when: string | null;
}
type Anchors = ReadonlyMap<string, Words>;

/** The words of every anchor in the tables of those sections that code requirements. */
function anchorsBelow(root: XmlElement): Anchors {
  const anchors = new Map<string, Words>();
  const sections = [...below(root)].filter((each) => each.name === 'section' && childrenOf(each, 'subject2').length > 0);
  // A section may stand in another: each table is read once.
  const tables = new Set(sections.flatMap((section) => [...below(section)].filter((each) => each.name === 'table')));
  for (const table of tables)
    for (const { anchored, when, heading } of rowsOf(table))
      for (const [ref, line, text] of anchored) {
        if (anchors.has(ref)) throw new XmlInvalid(line, `the anchor ${ref} stands a second time`);
        if (text === '') throw new XmlInvalid(line, `the anchor ${ref} has no words`);
        anchors.set(ref, { line, text, heading, when });
      }
  return anchors;
}

type Anchored = readonly [ref: string, line: number, text: string];

/**
 * What each row says to do, with the cell that says when: the first column. That cell spans the rows it is for, or stands empty in them. A row
 * without anything to do is the heading of what follows.
 */
function* rowsOf(table: XmlElement): Generator<{ anchored: readonly Anchored[]; when: string | null; heading: string | null }> {
  let heading: string | null = null;
  let when: string | null = null;
  let rowsLeft = 0;
  for (const row of rowElements(table)) {
    const cells = row.children.filter(isElement).filter((each) => each.name === 'td' || each.name === 'th');
    const asked = cells.map(anchorsIn);
    const anchored = asked.flat();
    const [first] = cells;
    if (anchored.length === 0) {
      heading = textBelow(cells) || heading;
      when = null;
    } else if (first !== undefined && asked[0]?.length === 0) {
      when = textBelow(first.children) || when;
      rowsLeft = span(first);
    }
    yield { anchored, when: rowsLeft > 0 ? when : null, heading };
    rowsLeft -= 1;
  }
}

/** The rows of this table, not those of a table inside one of its cells. */
function rowElements(element: XmlElement): XmlElement[] {
  return element.children
    .filter(isElement)
    .flatMap((each) => (each.name === 'tr' ? [each] : each.name === 'table' ? [] : rowElements(each)));
}

function span(cell: XmlElement): number {
  const written = cell.attributes.get('rowspan') ?? '1';
  if (!/^[1-9]\d{0,3}$/.test(written)) throw new XmlInvalid(cell.line, `a cell spans "${written}" rows`);
  return Number(written);
}

/** Anchors in a cell. The words stand inside the anchor, or behind it up to the next one. */
function anchorsIn(cell: XmlElement): Anchored[] {
  const found: { anchor: XmlElement; words: (XmlElement | string)[] }[] = [];
  for (const node of flat(cell)) {
    if (isAnchor(node)) found.push({ anchor: node, words: [...node.children] });
    else found.at(-1)?.words.push(node);
  }
  return found.map(({ anchor, words }) => [anchor.attributes.get('ID') ?? '', anchor.line, textBelow(words)]);
}

const isAnchor = (node: XmlElement | string): node is XmlElement => isElement(node) && node.name === 'content' && node.attributes.has('ID');

/** What is in a cell, with paragraphs and lists opened, so that an anchor and its words stand side by side. */
function flat(element: XmlElement): (XmlElement | string)[] {
  return element.children.flatMap((node) =>
    isElement(node) && ['paragraph', 'list', 'item', 'content'].includes(node.name) && !isAnchor(node) ? [' ', ...flat(node), ' '] : [node],
  );
}

/** Forms and guides that the label brings, by their id. */
function documentTitles(root: XmlElement): ReadonlyMap<string, string> {
  const documents = [...below(root)].filter((each) => each.name === 'document' && each !== root);
  return new Map(documents.map((each) => [attribute(only(each, 'id'), 'root'), textBelow(only(each, 'title').children)]));
}

function only(element: XmlElement, name: string): XmlElement {
  const [found] = childrenOf(element, name);
  if (found === undefined) throw new XmlInvalid(element.line, `${element.name} has no ${name}`);
  return found;
}

function attribute(element: XmlElement, name: string): string {
  const value = element.attributes.get(name)?.trim();
  if (value === undefined || value === '') throw new XmlInvalid(element.line, `${element.name} has no ${name}`);
  return value;
}
