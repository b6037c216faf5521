import type { Instant } from '../../src/domain/calendar.js';
import type { Case } from '../../src/domain/patient.js';
import type { ReasonCode } from '../../src/domain/reason.js';
import { EDITION, Story } from './cases.js';

// The way back to an authorization: somebody asks for one, does what each reason of the refusal tells her prescriber or herself to do, waits
// until the earliest instant it names, and asks again. What this cannot mend is a dead end (I24), and a reason that leads nowhere (I7).

const DAY = 86_400_000;
const MINUTE = 60_000;

/** Does what that reason asks for; only by acts of the patient, her guardian and a prescriber of hers. */
function mend(reason: ReasonCode, story: Story, id: string): void {
  const doctor = story.file.enrollment?.prescriber ?? 'dr-1';
  const category = story.file.category ?? 'frp-adult';
  const speaker = category.endsWith('child') ? 'guardian' : 'patient';
  const signedBy = category.endsWith('child') ? ['guardian'] : ['patient'];
  const test = (more: object) =>
    story.says({ do: 'record-pregnancy-test', id: `${id}/${story.now}`, collectedAt: '$at', result: 'negative', by: doctor, ...more });
  switch (reason) {
    case 'NOT_ENROLLED':
    case 'PATIENT_DEACTIVATED':
    case 'ENROLLMENT_LAPSED':
      story.says({ do: 're-enroll-patient', by: doctor, category, agreement: { category, signedAt: '$at', signedBy } });
      break;
    case 'PRESCRIBER_NOT_CERTIFIED':
    case 'NOT_THIS_PATIENTS_PRESCRIBER':
      story.says({ do: 'transfer-patient', by: 'patient', to: doctor === 'dr-2' ? 'dr-1' : 'dr-2' });
      break;
    case 'AGREEMENT_MISSING':
    case 'AGREEMENT_WRONG_CATEGORY':
    case 'GUARDIAN_SIGNATURE_MISSING':
      story.says({ do: 'sign-agreement', by: doctor, category, signedBy });
      break;
    case 'CATEGORY_CONTRADICTED': {
      const fertile = category.endsWith('child') ? 'frp-child' : 'frp-adult';
      story.says({
        do: 'change-category',
        by: doctor,
        category: fertile,
        grounds: 'correction',
        agreement: { category: fertile, signedAt: '$at', signedBy },
      });
      break;
    }
    case 'COUNSELING_NOT_CERTIFIED':
    case 'PARTNER_PREGNANCY_NOT_COUNSELED':
      story.says({ do: 'certify-counseling', by: doctor, authorization: id, topics: ['partner-pregnancy'] });
      break;
    case 'CONTRACEPTION_NOT_CONFIRMED':
      story.says({ do: 'confirm-contraception', by: speaker, authorization: id });
      break;
    case 'CONTRACEPTION_TOO_FEW_METHODS':
    case 'CONTRACEPTION_NO_HIGHLY_EFFECTIVE':
    case 'CONTRACEPTION_METHOD_NOT_ACCEPTED':
      for (const method of ['implant', 'male-condom']) story.says({ do: 'record-contraception', by: speaker, method, from: '$on' });
      break;
    case 'PREGNANCY_TEST_POSITIVE':
    case 'PREGNANCY_REPORTED':
    case 'PREGNANCY_TEST_INDETERMINATE': {
      const serum = { method: 'serum-quantitative', value: 1, sensitivity: 1 };
      const pair = [MINUTE, 2 * DAY].map((wait) => {
        story.now += wait;
        test({ ...serum, id: `${id}/serum/${story.now}` });
        return `${id}/serum/${story.now}`;
      });
      story.says({ do: 'clear-pregnancy-hold', by: doctor, grounds: 'false-positive', tests: pair, determinedBy: 'a specialist' });
      break;
    }
    case 'SURVEY_MISSING':
    case 'SURVEY_TOO_OLD':
    case 'SURVEY_ALREADY_USED':
      story.says({ do: 'complete-survey', by: speaker });
      break;
    case 'SURVEY_DISCREPANT':
      story.says({ do: 'resolve-discrepancy', by: doctor, grounds: 'talked about' });
      break;
    case 'THERAPY_INTERRUPTED':
    case 'THERAPY_ENDED':
      story.says({ do: 'resume-therapy', by: doctor, on: '$on' });
      break;
    case 'ALREADY_RESERVED':
      for (const each of story.file.authorizations)
        story.says({ do: 'cancel-authorization', by: doctor, authorization: each.id, reason: 'a new one' });
      break;
    default:
      if (reason.includes('TEST') || ['MISSED_PERIOD', 'ABNORMAL_BLEEDING', 'UNPROTECTED_CONTACT', 'METHOD_FAILURE'].includes(reason))
        test({});
  }
}

export interface WayBack {
  readonly found: boolean;
  readonly days: number;
  /** What was told each time, for whoever reads a failure. */
  readonly told: readonly string[];
}

/** From here to the next authorization. */
export function wayBack(file: Case, now: Instant): WayBack {
  const story = new Story(file, now + MINUTE, EDITION);
  const told: string[] = [];
  for (let attempt = 1; attempt <= 12; attempt += 1) {
    const doctor = story.file.enrollment?.prescriber ?? 'dr-1';
    const id = `back-${attempt}`;
    story.says({ do: 'start-authorization', by: doctor, authorization: id });
    story.says({ do: 'certify-counseling', by: doctor, authorization: id, topics: ['partner-pregnancy'] });
    story.says({ do: 'confirm-contraception', by: story.file.category?.endsWith('child') ? 'guardian' : 'patient', authorization: id });
    const answer = story.says({ do: 'issue-authorization', by: doctor, authorization: id });
    const days = (story.now - now) / DAY;
    if (answer.outcome === 'allow') return { found: true, days, told };
    told.push(answer.reasons.join(' '));
    for (const reason of answer.reasons) mend(reason, story, id);
    // Waits as long as it was told to; where nobody can say how long, three weeks and a day bring whatever time alone can bring.
    const judged = answer.reasons.some((reason) => reason === 'UNPROTECTED_CONTACT' || reason === 'METHOD_FAILURE');
    story.now = Math.max(story.now + MINUTE, answer.earliest ?? 0, judged ? story.now + (attempt % 2) * 21 * DAY : 0);
    if (judged) mend('UNPROTECTED_CONTACT', story, `${id}/late`);
  }
  return { found: false, days: (story.now - now) / DAY, told };
}
