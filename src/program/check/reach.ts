import { REQUIREMENTS } from '../../domain/requirement.js';
import { leavesOf } from '../edition.reader.js';
import type { Flaw } from '../edition.schema.js';
import { type Check, type Checked, refusal, warning } from './check.js';

/** Whether somebody who does everything right can come to an authorization and to a fill. */

const MOMENTS = ['issue', 'verify', 'reserve', 'dispense'] as const;
type Moment = (typeof MOMENTS)[number];

const IN_WORDS: Readonly<Record<Moment, string>> = {
  issue: 'at the issue',
  verify: 'when a pharmacy asks',
  reserve: 'when a pharmacy reserves',
  dispense: 'at the hand-over',
};

/** What nobody can have fulfilled at that moment, and why. */
const OUT_OF_REACH: Readonly<Record<Moment, Readonly<Record<string, string>>>> = {
  issue: {
    window: 'an authorization has no window before it is issued',
    'reservation-held': 'no pharmacy can hold it before it is issued',
    'pharmacy-certified': 'a prescriber issues, and no pharmacy takes part',
    'ship-same-day': 'nothing is shipped yet',
  },
  verify: {
    'reservation-held': 'a pharmacy asks before it reserves',
    counseling: 'the prescriber counsels, and not the pharmacy that is judged here',
    'own-prescriber': 'the pharmacy that is judged here is not the prescriber',
    'prescriber-certified': 'it would be asked of the pharmacy; ask for prescriber-not-suspended',
  },
  reserve: {
    'reservation-held': 'a reservation would be needed before the first one',
    counseling: 'the prescriber counsels, and not the pharmacy that is judged here',
    'own-prescriber': 'the pharmacy that is judged here is not the prescriber',
    'prescriber-certified': 'it would be asked of the pharmacy; ask for prescriber-not-suspended',
  },
  dispense: {
    counseling: 'the prescriber counsels, and not the pharmacy that is judged here',
    'own-prescriber': 'the pharmacy that is judged here is not the prescriber',
    'prescriber-certified': 'it would be asked of the pharmacy; ask for prescriber-not-suspended',
  },
};

/** Answered only with a hand-over. */
const AT_HAND_OVER: Readonly<Record<string, string>> = {
  checklist: '/authorization/checklist',
  'medication-guide': '/authorization/medicationGuide',
};

/** What a program that stands before every fill has to ask, or a danger would pass (I1, I5). */
const NEVER_LEFT_OUT: Readonly<Record<Moment, readonly string[]>> = {
  issue: ['danger', 'enrolled', 'prescription'],
  verify: ['danger', 'window'],
  reserve: ['danger', 'window', 'reservation-free', 'quantity'],
  dispense: ['danger', 'window', 'reservation-held', 'quantity'],
};

const judged = ({ read }: Checked, moment: Moment): { name: string; path: string }[] =>
  read.texts(`/judged/${moment}`).map((name, place) => ({ name, path: `/judged/${moment}/${place}` }));

/** Names in the lists of what is judged when that no requirement has. */
export const unknownRequirements: Check = (checked) =>
  MOMENTS.flatMap((moment) =>
    judged(checked, moment).flatMap(({ name, path }) =>
      Object.hasOwn(REQUIREMENTS, name)
        ? []
        : [refusal(checked, path, `There is no requirement “${name}”; it would refuse every patient.`)],
    ),
  );

/** Requirements asked where no act of anybody can have fulfilled them. */
export const requirementsOutOfReach: Check = (checked) =>
  MOMENTS.flatMap((moment) =>
    judged(checked, moment).flatMap(({ name, path }) => {
      const why = OUT_OF_REACH[moment][name];
      if (why !== undefined) return [refusal(checked, path, `Nobody can fulfil this ${IN_WORDS[moment]}: ${why}.`)];
      const asks = AT_HAND_OVER[name];
      const early = asks !== undefined && moment !== 'dispense' && checked.read.value(asks) === true;
      return early ? [refusal(checked, path, `Nobody can fulfil this ${IN_WORDS[moment]}: it is done at the hand-over.`)] : [];
    }),
  );

/** Stops that no list asks for, or a list that asks for stops which the edition does not name: either way less would stop than was meant. */
export const clinicalStopsAsked: Check = (checked) => {
  const asked = MOMENTS.flatMap((moment) => judged(checked, moment)).find(({ name }) => name === 'clinical');
  const named = checked.edition.clinicalStops !== undefined;
  if (named && asked === undefined)
    return [refusal(checked, '/clinicalStops', 'These warnings would stop nothing: no list of requirements asks for “clinical”.')];
  if (!named && asked !== undefined) return [refusal(checked, asked.path, 'The edition does not say which clinical warnings stop.')];
  return [];
};

/** Protections that a list leaves out. */
export const protectionsLeftOut: Check = (checked) => {
  const gate = checked.read.text('/gate');
  if (gate === 'advisory' || gate === 'none') return [];
  return MOMENTS.flatMap((moment) => {
    const names = judged(checked, moment).map(({ name }) => name);
    return NEVER_LEFT_OUT[moment]
      .filter((name) => !names.includes(name))
      .map((name) => refusal(checked, `/judged/${moment}`, `“${name}” has to be judged ${IN_WORDS[moment]}.`));
  });
};

/** Methods of contraception: as many as are asked for, and of the kind that is asked for. */
export const methodsEnough: Check = (checked) => {
  const { read } = checked;
  const tiers = read.keys('/contraception/methods').map((code) => read.text(`/contraception/methods/${code}/tier`));
  const accepted = tiers.filter((tier) => tier !== 'not-accepted').length;
  const highly = tiers.filter((tier) => tier === 'highly-effective').length;
  const needed = read.number('/contraception/methodsNeeded') ?? 0;
  const highlyNeeded = read.number('/contraception/highlyEffectiveNeeded') ?? 0;
  const flaws: Flaw[] = [];
  if (needed > accepted)
    flaws.push(refusal(checked, '/contraception/methodsNeeded', `It asks for ${needed} methods, and accepts ${accepted} in all.`));
  if (highlyNeeded > highly)
    flaws.push(
      refusal(checked, '/contraception/highlyEffectiveNeeded', `It asks for ${highlyNeeded} highly effective methods, and has ${highly}.`),
    );
  if (highlyNeeded > needed)
    flaws.push(
      refusal(
        checked,
        '/contraception/highlyEffectiveNeeded',
        `It asks for ${highlyNeeded} highly effective methods among ${needed} in all.`,
      ),
    );
  return flaws;
};

/** Pregnancy tests: somebody, somewhere, by some method, can make one that counts. */
export const testsPossible: Check = (checked) => {
  const { read } = checked;
  if (!read.keys('/categories').some((code) => read.value(`/categories/${code}/tests`) === true)) return [];
  const flaws: Flaw[] = [];
  const empty = (path: string) => Array.isArray(read.value(path)) && read.texts(path).length === 0;
  if (empty('/tests/signedSources')) flaws.push(refusal(checked, '/tests/signedSources', 'Nobody may sign a test, so that none counts.'));
  const phases = ['/tests/onTherapy', ...read.keys('/tests/places').map((place) => `/tests/places/${place}`)];
  for (const phase of phases) {
    if (empty(`${phase}/settings`) && read.keys(`${phase}/settingAccommodations`).length === 0)
      flaws.push(refusal(checked, `${phase}/settings`, 'A test counts nowhere, so that nobody can have one.'));
  }
  const most = read.number('/tests/maxSensitivity');
  const seen = read.keys('/tests/methodSensitivity').map((method) => read.number(`/tests/methodSensitivity/${method}`) ?? 0);
  if (most !== null && seen.length > 0 && seen.every((sensitivity) => sensitivity > most))
    flaws.push(refusal(checked, '/tests/maxSensitivity', 'No method on the list sees as little as this asks for.'));
  return flaws;
};

/** A prescription that can be written at all. */
export const prescriptionPossible: Check = (checked) => {
  const { read } = checked;
  const flaws: Flaw[] = [];
  if (read.keys('/prescription/channels').length === 0)
    flaws.push(refusal(checked, '/prescription/channels', 'It names no way for a prescription to reach a pharmacy.'));
  const limits = ['/prescription/maxSupplyDays', ...read.keys('/categories').map((code) => `/categories/${code}/maxSupplyDays`)];
  for (const path of limits) {
    const days = read.number(path);
    if (days !== null && days < 1) flaws.push(refusal(checked, path, 'Not even one day can be prescribed.'));
  }
  return flaws;
};

/** A survey that is asked for is there to be answered, and it is one. */
export const surveysAnswerable: Check = (checked) => {
  const { read } = checked;
  const surveys = read.keys('/questionnaires');
  return read.keys('/categories').flatMap((code) => {
    const path = `/categories/${code}/survey`;
    const asked = read.value(path);
    if (asked === null || asked === undefined || asked === 'none') return [];
    const own = surveys.filter((survey) => read.texts(`/questionnaires/${survey}/categories`).includes(code));
    if (own.length === 0) return [refusal(checked, path, 'It asks this category for a survey, and there is none for it to answer.')];
    return own.length > 1 ? [refusal(checked, path, `Two surveys are this category’s: ${own.join(', ')}.`)] : [];
  });
};

const JUDGED_SECTIONS =
  /^\/(adulthoodAge|agreement|authorization|categories|clearing|clinicalStops|contraception|exceptionLimits|gate|holds|prescription|tests|therapy)(\/|$)/;

/** Values nobody knows: whatever needs one is refused, which is safe and stops everybody it concerns. */
export const unknownValues: Check = (checked) => [
  ...leavesOf(checked.read.document)
    .filter(({ path, leaf }) => leaf['value'] === null && JUDGED_SECTIONS.test(path))
    .map(({ path }) => warning(checked, path, 'Not known: whatever needs this value is refused until somebody knows it.')),
  ...exceptionsWithoutLimits(checked),
];

/** Exceptions that are listed, and that nobody can grant because nothing says how often. */
function exceptionsWithoutLimits(checked: Checked): Flaw[] {
  const { read } = checked;
  if (read.keys('/exceptions').length === 0 || read.has('/exceptionLimits')) return [];
  return [
    warning(checked, '/exceptionLimits', 'How often an exception may be granted is not said: each is refused until somebody says it.'),
  ];
}
