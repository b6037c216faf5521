// What a pharmacist types in for a prescription of the world: everything right, so that only what a test is about decides.
import { checklistOf } from '../../src/domain/checklist.js';
import { catalogue, type Issued, LINES, PROGRAM } from './world.js';

const edition = () => {
  const found = catalogue.inForce(PROGRAM, Date.now());
  if (!found) throw new Error(`No edition of ${PROGRAM} is in force.`);
  return found;
};

/** The body of verify and of reserve. */
export const broughtBy = ({ number, familyName, birthDate, category }: Issued): object => ({
  number,
  familyName,
  birthDate,
  shows: { number: true, category },
});

/** The body of a hand-over now. */
export const handOver = ({ category }: Pick<Issued, 'category'>): object => ({
  method: 'handover',
  siteZone: 'America/New_York',
  checklist: checklistOf(category, edition()).map(({ id, needs }) => ({ question: id, answer: needs })),
  medicationGuide: true,
  lines: LINES.map(({ strengthMg, capsules }) => ({ strengthMg, capsules, ndc: '59572-0425-21', lot: 'A1234' })),
});
