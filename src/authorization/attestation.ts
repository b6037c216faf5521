import { createHash } from 'node:crypto';
import type { Principal } from '../auth/principal.js';
import type { Attestation } from '../domain/log-entry.js';

/** What a signer signs, in words. The id names the wording, the hash fixes it; a new wording is a new id. */
const STATEMENTS = {
  'enroll-patient.1':
    'I have explained the risks and the rules of the program to this patient, and we have both signed the agreement for the category named here.',
  'sign-agreement.1': 'The patient, or the guardian where one must, and I have signed the agreement for the category named here.',
  'change-category.1': 'The patient’s answers are as recorded here, and the category named follows from them.',
  'certify-counseling.1':
    'I have counseled this patient for this prescription on the risks of the drug, on contraception and emergency contraception where they apply, and on not sharing it and not giving blood.',
  'issue-authorization.1': 'I prescribe this, and I have verified that every condition of the program holds for this patient today.',
  'correct-pregnancy-test.1': 'The result as corrected here is what the laboratory or I found, for the reason given.',
  'retract-pregnancy-test.1': 'The result named here is not this patient’s, or was not found, for the reason given.',
  'state-contraindication.1': 'The method named is medically contraindicated for this patient.',
  'clear-pregnancy-hold.1':
    'The two quantitative results and the specialist’s determination named here show that this patient is not pregnant.',
  'record-told-of-result.1': 'I have told the patient of the result, and what it means for her.',
  'resume-therapy.1': 'Therapy resumes on the date named.',
  'change-dose.1': 'The new regimen is as written; the earlier capsules must not be taken, and I have told the patient to return them.',
  'resolve-discrepancy.1': 'I have spoken with the patient about the answers that did not agree, and they are settled as written here.',
  'certify-participant.1': 'The requirements of certification are met as of today.',
  'suspend-participant.1': 'The certification is suspended for cause, for the reason given.',
  'train-person.1': 'This person has completed the program’s training.',
  'grant-exception.1': 'The exception is one of the program’s closed list, for the reason and on the evidence given.',
  'set-accommodation.1': 'The accommodation is in force as dated here, by the authority named.',
  'approve-edition.1': 'I have read this edition and what it changes, and it may take effect on the day it names.',
  'link-patients.1': 'These two records are one person.',
  'unlink-patients.1': 'These two records are two persons.',
} as const;

export type StatementId = keyof typeof STATEMENTS;

/** The attestation of this principal to that statement. */
export function attest(statement: StatementId, principal: Principal): Attestation {
  const meaning = STATEMENTS[statement];
  return {
    statement,
    statementHash: createHash('sha256').update(meaning).digest('hex'),
    meaning,
    signer: principal.subject,
    authenticatedAt: principal.authenticatedAt,
  };
}
