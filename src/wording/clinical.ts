import type { ClinicalFinding, ClinicalReview } from '../domain/clinical/review.js';
import { NOT_FOR_THE_COUNTER } from '../domain/clinical/review.js';
import type { WarningCode } from '../domain/reason.js';
import type { Audience } from './audience.js';

/** The clinical look in words: what a warning is about, and what could not be looked at. */

export interface About {
  /** As it is written on the list. */
  readonly medicine: string | null;
  readonly effect: string | null;
  readonly act: string | null;
  readonly source: string | null;
  readonly verified: boolean;
}

/** What the warnings of that code are about. The label's own sentences stand in the facts, with their source. */
export const aboutOf = (code: WarningCode, findings: readonly ClinicalFinding[]): About[] =>
  findings
    .filter((finding) => finding.code === code && (finding.medicine !== null || finding.effect !== null))
    .map(({ medicine, effect, act }) => ({
      medicine,
      effect: effect?.text ?? null,
      act: act?.text ?? null,
      source: effect?.source ?? null,
      verified: effect?.verified === true && act?.verified === true,
    }));

/** The findings that this reader may know of. */
export const findingsFor = (findings: readonly ClinicalFinding[], audience: Audience): readonly ClinicalFinding[] =>
  audience === 'pharmacist' ? findings.filter(({ code }) => !NOT_FOR_THE_COUNTER.includes(code)) : findings;

/** What was not looked at, so that silence is never taken for an all-clear. */
export function notChecked({ record, indication, medicines }: ClinicalReview, factsOnFile: boolean, audience: Audience): string[] {
  if (!factsOnFile) return ['No label facts are on file for this program. Nothing was checked.'];
  const practice = audience === 'prescriber';
  const said: string[] = [];
  if (record.listedAt === null) said.push('Nobody has written down what else the patient takes. No medicine was checked.');
  else if (medicines.length === 0) said.push('The list says that the patient takes nothing else.');
  if (record.indication === undefined) said.push('What it is prescribed for is not on record. Schedule and blood work were not compared.');
  else if (indication === null)
    said.push('It is prescribed for something that the label facts do not name. Schedule and blood work were not compared.');
  else if (indication.dose === null) said.push('No dose is known for what it is prescribed for. The dose was compared with nothing.');
  if (record.clearance === null) said.push('No kidney function is on record. The dose was not compared with it.');
  else if (indication !== null && indication.renal === null)
    said.push('No dose by kidney function is known for what it is prescribed for.');
  if (practice && indication !== null && Object.values(indication.laboratory).some((phases) => phases === null))
    said.push('For some blood work no schedule is known for what it is prescribed for.');
  return said;
}
