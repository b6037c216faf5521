import { EditionReader, isLeaf } from '../edition.reader.js';
import { capital, labelOf, type Names, partOf, placeOf } from './labels.js';
import { conditionInWords, inWords, spelled, type Unit } from './words.js';

/** One change between two editions, as a clinician reads it. */
export interface Change {
  readonly part: string;
  readonly says: string;
  /** As a person names the place: `/contraception/lead`. */
  readonly path: string;
}

/** What of an edition has names of its own: one that is new or gone is one change, whatever is in it. */
const NAMED: Readonly<Record<string, string>> = {
  '/categories': 'Category',
  '/contraception/methods': 'Method of contraception',
  '/holds': 'Hold',
  '/exceptions': 'Exception',
  '/questionnaires': 'Survey',
  '/accommodations': 'Accommodation',
  '/materials': 'Guide or form',
  '/declaredAnswers': 'Question about the patient',
  '/prescription/channels': 'Prescription by',
};
/** Compared by words of their own. */
const LISTS = ['/categoryRules', '/judged', '/checklists', '/duties', '/reports'] as const;
/** No rule. */
const SILENT = /^\/(?:\$schema|program|edition|sources(?:\/.*)?)$/;

/** Everything that differs, in the order of the parts; empty when the two rule alike. */
export function describeChanges(before: object, after: object): Change[] {
  const [old, now] = [new EditionReader(before), new EditionReader(after)];
  const changes = [
    ...namedChanges(old, now),
    ...ruleChanges(old, now),
    ...judgedChanges(old, now),
    ...questionChanges(old, now),
    ...dutyChanges(old, now),
    ...textChanges(old, now),
    ...valueChanges(old, now),
  ];
  return changes.sort((a, b) => placeOf(a.path) - placeOf(b.path));
}

const change = (path: string, says: string): Change => ({ part: partOf(path), says, path });
const differs = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);
const titleOf = (read: EditionReader, path: string, code: string): string => read.text(`${path}/${code}/title`) ?? spelled(code);

function namedChanges(old: EditionReader, now: EditionReader): Change[] {
  return Object.entries(NAMED).flatMap(([path, kind]) => {
    const [was, is] = [old.keys(path), now.keys(path)];
    const gone = was
      .filter((code) => !is.includes(code))
      .map((code) => change(`${path}/${code}`, `${kind} “${titleOf(old, path, code)}”: no longer.`));
    const fresh = is
      .filter((code) => !was.includes(code))
      .map((code) => change(`${path}/${code}`, `${kind} “${titleOf(now, path, code)}”: new.`));
    return [...gone, ...fresh];
  });
}

function ruleChanges(old: EditionReader, now: EditionReader): Change[] {
  const said = (read: EditionReader): string[] =>
    read.keys('/categoryRules').map((place) => {
      const rule = `/categoryRules/${place}`;
      const [adult, child] = ['adult', 'child'].map((age) => titleOf(read, '/categories', read.text(`${rule}/${age}`) ?? ''));
      return `${conditionInWords(read.value(`${rule}/when`))} → ${adult === child ? adult : `${adult}; a child: ${child}`}`;
    });
  const [was, is] = [said(old), said(now)];
  const gone = was.filter((rule) => !is.includes(rule)).map((rule) => change('/categoryRules', `No longer a rule: ${rule}.`));
  const fresh = is.filter((rule) => !was.includes(rule)).map((rule) => change('/categoryRules', `New rule: ${rule}.`));
  const kept = (list: string[], other: string[]) => list.filter((rule) => other.includes(rule));
  const moved = differs(kept(was, is), kept(is, was));
  return [
    ...gone,
    ...fresh,
    ...(moved ? [change('/categoryRules', 'The rules are asked in another order; the first that fits decides.')] : []),
  ];
}

const MOMENTS = {
  issue: 'At the issue',
  verify: 'When a pharmacy asks',
  reserve: 'At the reservation',
  dispense: 'At the hand-over',
} as const;

function judgedChanges(old: EditionReader, now: EditionReader): Change[] {
  return Object.entries(MOMENTS).flatMap(([moment, words]) => {
    const path = `/judged/${moment}`;
    const [was, is] = [old.texts(path), now.texts(path)];
    const gone = was.filter((name) => !is.includes(name)).map((name) => change(path, `${words}, no longer judged: ${spelled(name)}.`));
    const fresh = is.filter((name) => !was.includes(name)).map((name) => change(path, `${words}, now judged: ${spelled(name)}.`));
    return [...gone, ...fresh];
  });
}

/** Questions of checklists and surveys, by their own ids. */
function questionChanges(old: EditionReader, now: EditionReader): Change[] {
  const lists = new Map<string, string>();
  for (const read of [old, now]) {
    for (const code of read.keys('/checklists')) lists.set(`/checklists/${code}`, `Checklist for ${titleOf(read, '/categories', code)}`);
    for (const code of read.keys('/questionnaires')) lists.set(`/questionnaires/${code}/questions`, `Survey ${spelled(code)}`);
  }
  return [...lists].flatMap(([path, whose]) => {
    if (path.startsWith('/questionnaires') && old.has(path) !== now.has(path)) return [];
    const [was, is] = [questions(old, path), questions(now, path)];
    const gone = [...was].filter(([id]) => !is.has(id)).map(([, words]) => change(path, `${whose}, no longer asked: ${words}`));
    const other = [...is].flatMap(([id, words]) => {
      const earlier = was.get(id);
      if (earlier === undefined) return [change(path, `${whose}, now asked: ${words}`)];
      return earlier === words ? [] : [change(path, `${whose}, asked in other words: ${words} Before: ${earlier}`)];
    });
    return [...gone, ...other];
  });
}

function questions(read: EditionReader, path: string): Map<string, string> {
  return new Map(
    read.keys(path).map((place) => {
      const at = `${path}/${place}`;
      const expected = read.text(`${at}/expected`) ?? read.text(`${at}/needs`) ?? '';
      const reports = read.text(`${at}/reports`);
      const words = read.text(`${at}/asks`) ?? read.text(`${at}/question`) ?? '';
      return [
        read.text(`${at}/code`) ?? read.text(`${at}/id`) ?? place,
        `“${words}” (expected: ${expected}${reports ? `; otherwise it reports ${spelled(reports)}` : ''}).`,
      ];
    }),
  );
}

/** What somebody is asked to do or told, each as one sentence. */
function dutyChanges(old: EditionReader, now: EditionReader): Change[] {
  const duties = (read: EditionReader): string[] =>
    read
      .keys('/duties')
      .map((place) => `${capital(read.text(`/duties/${place}/who`) ?? 'somebody')}: ${read.text(`/duties/${place}/what`) ?? ''}`);
  const reports = (read: EditionReader): string[] =>
    read.keys('/reports').map((place) => {
      const within = read.text(`/reports/${place}/within`);
      return `A pregnancy is told to ${read.text(`/reports/${place}/to`) ?? 'somebody'}${within === null ? '' : `, within ${within}`}`;
    });
  return [
    { path: '/duties', was: duties(old), is: duties(now) },
    { path: '/reports', was: reports(old), is: reports(now) },
  ].flatMap(({ path, was, is }) => [
    ...was.filter((each) => !is.includes(each)).map((each) => change(path, `No longer: ${ended(each)}`)),
    ...is.filter((each) => !was.includes(each)).map((each) => change(path, `New: ${ended(each)}`)),
  ]);
}

const ended = (sentence: string): string => (sentence.endsWith('.') ? sentence : `${sentence}.`);

/** Guides and forms, by whether their text is another: the file's name is nobody's business. */
function textChanges(old: EditionReader, now: EditionReader): Change[] {
  return now.keys('/materials').flatMap((code) => {
    const path = `/materials/${code}`;
    const [was, is] = [old.text(`${path}/sha256`), now.text(`${path}/sha256`)];
    if (!old.has(path) || was === is) return [];
    const said = is === null ? 'its text is not on file any more' : was === null ? 'its text is on file now' : 'another text';
    return [change(path, `“${titleOf(now, '/materials', code)}”: ${said}.`)];
  });
}

interface Value {
  readonly value: unknown;
  readonly verified: boolean | null;
}

function valueChanges(old: EditionReader, now: EditionReader): Change[] {
  const [was, is] = [values(old.document), values(now.document)];
  const names: Names = {
    material: (code) => titleOf(now.has(`/materials/${code}`) ? now : old, '/materials', code),
    category: (code) => titleOf(now.has(`/categories/${code}`) ? now : old, '/categories', code),
    place: (index) =>
      `${capital(now.text(`/tests/places/${index}/code`) ?? old.text(`/tests/places/${index}/code`) ?? index)} test before the first prescription`,
  };
  const whole = Object.keys(NAMED).flatMap((path) =>
    [...new Set([...old.keys(path), ...now.keys(path)])]
      .filter((code) => old.has(`${path}/${code}`) !== now.has(`${path}/${code}`))
      .map((code) => `${path}/${code}`),
  );
  const told = (path: string) =>
    SILENT.test(path) ||
    LISTS.some((list) => path === list || path.startsWith(`${list}/`)) ||
    /^\/(?:questionnaires\/[^/]+\/questions\/|materials\/[^/]+\/(?:file|sha256)$)/.test(path) ||
    whole.some((each) => path === each || path.startsWith(`${each}/`));
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((path) => !told(path))
    .flatMap((path) => {
      const { says, unit } = labelOf(path, names);
      const [earlier, later] = [was.get(path), is.get(path)];
      if (earlier === undefined) return [change(path, `${says}: ${words(path, later?.value, unit)}; nothing was said of it before.`)];
      if (later === undefined)
        return [change(path, `${says}: nothing is said of it any more; it was ${words(path, earlier.value, unit)}.`)];
      if (differs(earlier.value, later.value))
        return [change(path, `${says}: ${words(path, later.value, unit)}; before, ${words(path, earlier.value, unit)}.`)];
      if (earlier.verified === later.verified || later.verified === null) return [];
      const read = later.verified ? 'now read at its source' : 'no longer taken as read at its source';
      return [change(path, `${says}: as before, ${read}.`)];
    });
}

/** Where a null or a none is no unknown and no question that is not asked. */
const OWN_NONE: readonly (readonly [RegExp, string])[] = [
  [/^\/effectiveUntil$/, 'no end is set'],
  [/\/(?:adultCode|family|warning|negativeAfterDays|accommodation|extendsHours|until|categories)$/, 'nothing'],
  [/\/window\/anchor$/, 'the program sets no window'],
];

function words(path: string, value: unknown, unit: Unit): string {
  const own = value === null || value === 'none' ? OWN_NONE.find(([pattern]) => pattern.test(path)) : undefined;
  return own === undefined ? inWords(value, unit) : own[1];
}

/** Every value that stands by itself, by its place: leaves with their sources, and plain ones. */
function values(document: object): Map<string, Value> {
  const found = new Map<string, Value>();
  const walk = (node: unknown, path: string): void => {
    if (isLeaf(node)) found.set(path, { value: node['value'], verified: node['verified'] === true });
    else if (Array.isArray(node)) {
      if (node.every((each) => typeof each !== 'object' || each === null)) found.set(path, { value: node, verified: null });
      else node.forEach((child, place) => void walk(child, `${path}/${place}`));
    } else if (typeof node === 'object' && node !== null) for (const [key, child] of Object.entries(node)) walk(child, `${path}/${key}`);
    else found.set(path, { value: node, verified: null });
  };
  walk(document, '');
  return found;
}
