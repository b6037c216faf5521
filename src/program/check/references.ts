import { REASONS, type ReasonCode, WARNINGS } from '../../domain/reason.js';
import type { EditionReader } from '../edition.reader.js';
import { type Check, type Checked, refusal } from './check.js';

/** Names that have to name something. */

const noSuch = (checked: Checked, path: string, kind: string, code: string) =>
  refusal(checked, path, `There is no ${kind} “${code}” here.`);

const isReason = (code: string): code is ReasonCode => Object.hasOwn(REASONS, code);

/** Warnings of methods, and the families that stand in for a highly effective one. */
export const methodReferences: Check = (checked) => {
  const { read } = checked;
  const methods = read.keys('/contraception/methods').map((code) => `/contraception/methods/${code}`);
  const families = new Set(methods.map((path) => read.text(`${path}/family`)));
  const warnings = methods.flatMap((path) => {
    const code = read.text(`${path}/warning`);
    return code === null || (WARNINGS as readonly string[]).includes(code) ? [] : [noSuch(checked, `${path}/warning`, 'warning', code)];
  });
  const exceptions = read
    .texts('/contraception/exceptionFamilies')
    .flatMap((family, place) =>
      families.has(family) ? [] : [noSuch(checked, `/contraception/exceptionFamilies/${place}`, 'family of methods', family)],
    );
  return [...warnings, ...exceptions];
};

/** Reasons that holds give, which have to be reasons to wait. */
export const holdReferences: Check = (checked) => {
  const { read } = checked;
  return read.keys('/holds').flatMap((hold) => {
    const path = `/holds/${hold}/reason`;
    const code = read.text(path) ?? '';
    if (!isReason(code)) return [noSuch(checked, path, 'reason', code)];
    const { group } = REASONS[code];
    return group === 'danger' || group === 'survey' ? [] : [refusal(checked, path, `“${code}” is no reason to hold a patient’s medicine.`)];
  });
};

/** Categories named where something is said of them. */
export const categoryReferences: Check = (checked) => {
  const { read } = checked;
  const named: [path: string, code: string][] = [
    ...read.keys('/checklists').map((code): [string, string] => [`/checklists/${code}`, code]),
    ...listed(read, '/questionnaires'),
    ...listed(read, '/materials'),
    ...read.keys('/transition/sameCategories').map((old): [string, string] => {
      const path = `/transition/sameCategories/${old}`;
      return [path, read.text(path) ?? ''];
    }),
  ];
  return named.flatMap(([path, code]) => (read.has(`/categories/${code}`) ? [] : [noSuch(checked, path, 'category', code)]));
};

const listed = (read: EditionReader, section: string): [string, string][] =>
  read.keys(section).flatMap((each) => {
    const path = `${section}/${each}/categories`;
    return read.texts(path).map((code, place): [string, string] => [`${path}/${place}`, code]);
  });

/** A pharmacist who has to go through a checklist needs one for every patient. */
export const checklistsMissing: Check = (checked) => {
  const { read } = checked;
  if (read.value('/authorization/checklist') !== true) return [];
  return read.keys('/categories').flatMap((code) => {
    if (read.value(`/categories/${code}/enrolled`) === false || read.keys(`/checklists/${code}`).length > 0) return [];
    return [
      refusal(checked, `/checklists/${code}`, 'The pharmacy has to go through a checklist with every patient, and this category has none.'),
    ];
  });
};

/** The same question of a rule about answers that the edition itself adds. */
export const declaredReferences: Check = (checked) => {
  const { read } = checked;
  const found: { path: string; name: string }[] = [];
  const walk = (path: string): void => {
    const name = read.text(`${path}/declared`);
    if (name !== null) found.push({ path: `${path}/declared`, name });
    for (const list of ['all', 'any']) for (const place of read.keys(`${path}/${list}`)) walk(`${path}/${list}/${place}`);
  };
  for (const place of read.keys('/categoryRules')) walk(`/categoryRules/${place}/when`);
  return found.flatMap(({ path, name }) => (read.has(`/declaredAnswers/${name}`) ? [] : [noSuch(checked, path, 'declared answer', name)]));
};

/** Whatever two persons sign, these stay (rules §9.14): dangers, tests, people, a second fill, more than may be supplied. */
const NEVER_WAIVED: readonly string[] = ['danger', 'test', 'people', 'identity', 'ended', 'contraception', 'data'];

/** What an exception waives, which may be waived. */
export const exceptionReferences: Check = (checked) => {
  const { read } = checked;
  return read.keys('/exceptions').flatMap((kind) =>
    read.texts(`/exceptions/${kind}/waives`).flatMap((code, place) => {
      const path = `/exceptions/${kind}/waives/${place}`;
      if (!isReason(code)) return [noSuch(checked, path, 'reason', code)];
      const never = NEVER_WAIVED.includes(REASONS[code].group) || code === 'SUPPLY_TOO_LONG';
      return never ? [refusal(checked, path, `“${code}” can be waived by nobody.`)] : [];
    }),
  );
};
