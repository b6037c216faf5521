import { type Requirement, unless } from '../judgement.js';
import type { Authorization, Case } from '../patient.js';
import type { ClinicalStop } from '../program.js';
import { clinicalWarnings, isClinical } from './review.js';

/** A clinical warning that the edition makes a stop. Which one it is stands in the review: the reason is the same for all. */
export const clinical: Requirement = ({ file, edition, at, authorization }) => {
  const { clinicalStops: stops = [] } = edition;
  if (stops === null) return ['RULE_MISSING'];
  if (stops.length === 0) return [];
  // Without the label facts nothing was looked at, and nothing says that no such warning stands.
  if (!edition.drug) return ['RULE_MISSING'];
  const standing = clinicalWarnings({ file, edition, at, authorization });
  return unless(!stops.some((stop) => standing.includes(stop.warning) && !lifted(stop, file, authorization)), 'CLINICAL_STOP');
};

/** The prescriber has seen that warning for this prescription, and nothing was written down since that he has not seen. */
function lifted({ warning, untilAcknowledged }: ClinicalStop, file: Case, { id }: Authorization): boolean {
  if (!untilAcknowledged) return false;
  const records = [file, ...file.linked];
  const changedAt = Math.max(0, ...records.flatMap(({ evidence }) => evidence.filter(isClinical).map((fact) => fact.recordedAt)));
  return file.evidence.some(
    (fact) =>
      fact.kind === 'warning-acknowledged' &&
      fact.authorization === id &&
      fact.by.role !== 'pharmacy' &&
      fact.warnings.includes(warning) &&
      fact.recordedAt >= changedAt,
  );
}
