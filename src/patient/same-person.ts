import { familyNameKey } from './family-name.js';

/** What is compared when somebody is enrolled (rules §9.15). */
export interface Identity {
  readonly givenName: string;
  readonly familyName: string;
  readonly birthDate: string;
  readonly phone: string | null;
  readonly postalCode: string | null;
  readonly recordNumber: string | null;
}

/** The birth dates under which the same person may be on file: as given, and with day and month the other way round. */
export function birthDatesToLookUnder(birthDate: string): string[] {
  const [year, month, day] = birthDate.split('-');
  return Number(day) <= 12 && day !== month ? [birthDate, `${year}-${day}-${month}`] : [birthDate];
}

/** Letters and digits alone, in one case: how record numbers and postal codes are compared. */
const plainCode = (code: string): string => code.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '');

/** The last ten digits: numbers are written with and without a country's code. */
const plainPhone = (phone: string): string => phone.replace(/\D/g, '').slice(-10);

const same = (one: string | null, other: string | null, plain: (text: string) => string): boolean =>
  one !== null && other !== null && plain(one) !== '' && plain(one) === plain(other);

/**
 * Whether these two may be one person. It asks too often rather than too seldom: who enrolls can answer, and what is missed stays two records
 * with two supplies of one drug.
 */
export function maybeSamePerson(one: Identity, other: Identity): boolean {
  const [given, family] = [familyNameKey(one.givenName), familyNameKey(one.familyName)];
  const [otherGiven, otherFamily] = [familyNameKey(other.givenName), familyNameKey(other.familyName)];
  const sameRecord = same(one.recordNumber, other.recordNumber, plainCode);
  const samePhone = same(one.phone, other.phone, plainPhone);
  const samePlace = same(one.postalCode, other.postalCode, plainCode);
  const givenAlike = alike(given, otherGiven) || startsOther(given, otherGiven);

  if (one.birthDate === other.birthDate) {
    if (family === otherFamily || sameRecord || samePhone) return true;
    // The names the other way round.
    if (family === otherGiven && (given === otherFamily || samePlace)) return true;
    // A slip of the pen, or one of two family names.
    if (givenAlike && (alike(family, otherFamily) || contains(family, otherFamily))) return true;
    // A new family name at the old address.
    return given === otherGiven && samePlace;
  }
  // Day and month the other way round; who is looked up under another date was found by the record number.
  const datesSwapped = birthDatesToLookUnder(one.birthDate).includes(other.birthDate);
  if (datesSwapped) return (family === otherFamily && givenAlike) || sameRecord;
  return sameRecord && family === otherFamily;
}

/** The same, or one letter added, left out, changed, or two neighbours swapped; short names must be the same. */
function alike(one: string, other: string): boolean {
  if (one === other) return true;
  if (Math.min(one.length, other.length) < 4 || Math.abs(one.length - other.length) > 1) return false;
  let from = 0;
  while (from < one.length && one[from] === other[from]) from += 1;
  const rest = (text: string, skip: number) => text.slice(from + skip);
  const swapped = one[from] === other[from + 1] && one[from + 1] === other[from] && rest(one, 2) === rest(other, 2);
  return swapped || rest(one, 1) === rest(other, 1) || rest(one, 1) === rest(other, 0) || rest(one, 0) === rest(other, 1);
}

/** An initial, or a short form that begins the long one. */
const startsOther = (one: string, other: string): boolean => one !== '' && other !== '' && (one.startsWith(other) || other.startsWith(one));

/** One family name of a double one. */
const contains = (one: string, other: string): boolean =>
  Math.min(one.length, other.length) >= 4 && (one.includes(other) || other.includes(one));
