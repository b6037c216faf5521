import { endOfDateOrMonth, isLocalDate, type LocalDate } from '../domain/calendar.js';
import type { ListedMedicine } from '../domain/patient.js';
import { isInstant } from '../http/field-rules.js';
import { fieldsInvalid } from '../http/problem.js';
import { BundleReader, type Json, type Place } from './bundle.reader.js';

/**
 * Medicines out of a FHIR R4 Bundle of MedicationStatement and MedicationRequest. Whatever cannot be read is named by its place and refuses the
 * whole bundle: half a list would read as a whole one. What is no medicine taken is left, and the answer says so.
 */
export interface FromBundle {
  readonly medicines: readonly ListedMedicine[];
  readonly left: readonly Left[];
}

export interface Left {
  /** Place in the bundle, from 0. */
  readonly entry: number;
  readonly why: string;
}

/** Whose bundle it has to be, and what day it is. */
export interface BundleOf {
  readonly birthDate: LocalDate;
  readonly today: LocalDate;
}

export const MAX_ENTRIES = 200;
const MAX_MEDICINES = 100;
const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';

const TAKEN = ['active', 'intended', 'on-hold', 'unknown'];
const ENDED = ['completed', 'stopped'];
const NOT_TAKEN: Readonly<Record<string, string>> = {
  'entered-in-error': 'entered in error',
  'not-taken': 'not taken',
  cancelled: 'cancelled before it was taken',
  draft: 'a draft',
};
const INTENTS = ['proposal', 'plan', 'order', 'original-order', 'reflex-order', 'filler-order', 'instance-order', 'option'];

export function medicinesIn(bundle: unknown, of: BundleOf): FromBundle {
  const reader = new BundleReader();
  const whole = reader.object(bundle, ['bundle']);
  if (whole !== null) reader.isOne(whole, 'resourceType', ['Bundle'], ['bundle']);
  const entries = whole === null ? [] : reader.list(whole['entry'], ['bundle', 'entry'], 1, MAX_ENTRIES);
  const read = entries.map((entry, index) => entryAt(reader, entry, index));
  const shelf = new Map(read.flatMap((each) => (each === null ? [] : each.names.map((name) => [name, each.resource] as const))));
  const medicines: ListedMedicine[] = [];
  const left: Left[] = [];
  const subjects = new Set<string>();
  for (const each of read) {
    if (each === null) continue;
    const { resource, place, index } = each;
    const type = resource['resourceType'];
    if (type === 'Patient') checkPerson(reader, resource, place, of);
    else if (type === 'MedicationStatement' || type === 'MedicationRequest') {
      checkSubject(reader, resource, place, subjects);
      const found = medicineOf(reader, resource, place, { of, shelf });
      if (typeof found === 'string') left.push({ entry: index, why: found });
      else if (found !== null) medicines.push(found);
    } else if (type !== 'Medication') left.push({ entry: index, why: 'no statement about a medicine that is taken' });
  }
  if (medicines.length > MAX_MEDICINES)
    reader.wrong(['bundle', 'entry'], `Give ${MAX_MEDICINES} medicines at most. Send the others in a second bundle.`);
  if (reader.errors.length > 0) throw fieldsInvalid(reader.errors);
  return { medicines, left };
}

interface ReadEntry {
  readonly index: number;
  readonly place: Place;
  readonly resource: Json;
  /** What a reference may call it. */
  readonly names: readonly string[];
}

function entryAt(reader: BundleReader, written: unknown, index: number): ReadEntry | null {
  const entry = reader.object(written, ['bundle', 'entry', index]);
  if (entry === null) return null;
  const place: Place = ['bundle', 'entry', index, 'resource'];
  const resource = reader.object(entry['resource'], place);
  if (resource === null) return null;
  const { resourceType: type, id } = resource;
  if (typeof type !== 'string' || !/^[A-Z][A-Za-z]{1,63}$/.test(type)) {
    reader.wrong([...place, 'resourceType'], 'Give the resource’s type.');
    return null;
  }
  const names = [entry['fullUrl'], typeof id === 'string' ? `${type}/${id}` : undefined];
  return { index, place, resource, names: names.filter((name) => typeof name === 'string') };
}

function checkPerson(reader: BundleReader, { birthDate }: Json, place: Place, of: BundleOf): void {
  if (birthDate === undefined) return;
  if (birthDate !== of.birthDate) reader.wrong([...place, 'birthDate'], 'This bundle is about somebody with another birth date.');
}

/** All statements speak of one person: a bundle put together from two charts is refused. */
function checkSubject(reader: BundleReader, resource: Json, place: Place, subjects: Set<string>): void {
  const subject = reader.object(resource['subject'], [...place, 'subject']);
  if (subject === null) return;
  const { reference } = subject;
  if (reference === undefined) return;
  const at: Place = [...place, 'subject', 'reference'];
  if (typeof reference !== 'string' || reference === '') {
    reader.wrong(at, 'Give the reference as text.');
    return;
  }
  subjects.add(reference);
  if (subjects.size > 1) reader.wrong(at, 'The statements of one bundle have to be about one person.');
}

interface Around {
  readonly of: BundleOf;
  readonly shelf: ReadonlyMap<string, Json>;
}

/** The medicine; or why there is none; null when something was wrong and has been named. */
function medicineOf(reader: BundleReader, resource: Json, place: Place, around: Around): ListedMedicine | string | null {
  const isRequest = resource['resourceType'] === 'MedicationRequest';
  const status = reader.isOne(resource, 'status', [...TAKEN, ...ENDED, ...Object.keys(NOT_TAKEN)], place);
  const intent = isRequest ? reader.isOne(resource, 'intent', INTENTS, place) : 'order';
  if (status === null || intent === null) return null;
  const named = nameOf(reader, resource, place, around.shelf);
  const period = periodOf(reader, resource, place, isRequest);
  if (named === null || period === null) return null;
  const never = NOT_TAKEN[status] ?? (intent === 'proposal' || intent === 'option' ? 'only proposed' : undefined);
  if (never !== undefined) return never;
  if (resource['doNotPerform'] === true) return 'an order not to give it';
  // Ended, and nobody says when: today, so that what works on after its end is not missed.
  const until = period.until ?? (ENDED.includes(status) ? around.of.today : null);
  if (until !== null && period.from !== null && until < period.from) {
    reader.wrong(place, 'It ends before it begins.');
    return null;
  }
  return { ...named, from: period.from, until, saidBy: 'record' };
}

function nameOf(
  reader: BundleReader,
  resource: Json,
  place: Place,
  shelf: Around['shelf'],
): Pick<ListedMedicine, 'name' | 'rxnorm'> | null {
  const { medicationCodeableConcept: concept, medicationReference: reference } = resource;
  if ((concept === undefined) === (reference === undefined)) {
    reader.wrong([...place, 'medicationCodeableConcept'], 'Give the medicine as a concept or as a reference, one of the two.');
    return null;
  }
  if (concept !== undefined) return conceptOf(reader, concept, [...place, 'medicationCodeableConcept']);
  const at: Place = [...place, 'medicationReference'];
  const written = reader.object(reference, at);
  if (written === null) return null;
  const pointed = written['reference'];
  const found = typeof pointed === 'string' ? (containedIn(resource, pointed) ?? shelf.get(pointed)) : undefined;
  if (found !== undefined && found['resourceType'] === 'Medication' && found['code'] !== undefined)
    return conceptOf(reader, found['code'], [...at, 'reference']);
  const name = reader.name(written['display']);
  if (name === null)
    reader.wrong([...at, 'reference'], 'The medicine that it points to is not in the bundle. Put it in, or name it in display.');
  return name === null ? null : { name, rxnorm: null };
}

function containedIn({ contained }: Json, reference: string): Json | undefined {
  if (!reference.startsWith('#') || !Array.isArray(contained)) return undefined;
  const resources: readonly unknown[] = contained;
  return resources.find(
    (each): each is Json => typeof each === 'object' && each !== null && 'id' in each && each.id === reference.slice(1),
  );
}

function conceptOf(reader: BundleReader, written: unknown, place: Place): Pick<ListedMedicine, 'name' | 'rxnorm'> | null {
  const concept = reader.object(written, place);
  if (concept === null) return null;
  const codings = concept['coding'] === undefined ? [] : reader.list(concept['coding'], [...place, 'coding'], 0, 20);
  let rxnorm: string | null = null;
  let display: string | null = null;
  codings.forEach((each, index) => {
    const coding = reader.object(each, [...place, 'coding', index]);
    if (coding === null) return;
    const { system, code } = coding;
    const isOurs = system === RXNORM && typeof code === 'string' && /^\d{1,9}$/.test(code);
    if (system === RXNORM && !isOurs) reader.wrong([...place, 'coding', index, 'code'], 'An RxNorm code has 1 to 9 digits.');
    if (isOurs && typeof code === 'string') rxnorm ??= code;
    const shown = reader.name(coding['display']);
    if (shown !== null && (display === null || isOurs)) display = shown;
  });
  const name = reader.name(concept['text']) ?? display ?? (rxnorm === null ? null : `RxNorm ${String(rxnorm)}`);
  if (name === null) reader.wrong(place, 'Name the medicine: text, or a coding with a display, of 200 characters at most.');
  return name === null ? null : { name, rxnorm };
}

interface Period {
  readonly from: LocalDate | null;
  readonly until: LocalDate | null;
}

function periodOf(reader: BundleReader, resource: Json, place: Place, isRequest: boolean): Period | null {
  const wrong = reader.errors.length;
  const dateTime = isRequest ? 'authoredOn' : 'effectiveDateTime';
  const from = dateIn(reader, resource[dateTime], [...place, dateTime], 'first');
  const written = isRequest ? undefined : resource['effectivePeriod'];
  if (written === undefined) return reader.errors.length > wrong ? null : { from, until: null };
  const at: Place = [...place, 'effectivePeriod'];
  const period = reader.object(written, at);
  if (period === null) return null;
  const start = dateIn(reader, period['start'], [...at, 'start'], 'first');
  const until = dateIn(reader, period['end'], [...at, 'end'], 'last');
  return reader.errors.length > wrong ? null : { from: start ?? from, until };
}

/** A FHIR date of any precision: of a year or month the first day for a beginning, the last for an end. */
function dateIn(reader: BundleReader, written: unknown, place: Place, which: 'first' | 'last'): LocalDate | null {
  if (written === undefined) return null;
  const text = typeof written === 'string' && written.length <= 40 ? written : '';
  const day = isLocalDate(text) ? text : isInstant(text) ? text.slice(0, 10) : null;
  if (day !== null && isLocalDate(day)) return day;
  const month = /^\d{4}-\d{2}$/.test(text) ? text : /^\d{4}$/.test(text) ? `${text}-${which === 'first' ? '01' : '12'}` : null;
  if (month !== null && isLocalDate(`${month}-01`)) return which === 'first' ? `${month}-01` : endOfDateOrMonth(month);
  reader.wrong(place, 'Give a date: year, year and month, day, or a moment with its offset.');
  return null;
}
