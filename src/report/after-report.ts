import { addDays, type Instant, type LocalDate } from '../domain/calendar.js';
import type { Audience } from '../wording/audience.js';
import { sayDay } from '../wording/say-when.js';

/** What is said to somebody who has just reported something: calmly, what to do now and what happens next. */

export type Reported =
  | 'missed-period'
  | 'abnormal-bleeding'
  | 'unprotected-contact'
  | 'method-failure'
  | 'pregnancy'
  | 'partner-pregnancy'
  | 'side-effect';

export interface ReportFacts {
  readonly reported: Reported;
  /** Whether the medicine waits because of it; else the report advises. */
  readonly holds: boolean;
  readonly on: LocalDate;
  readonly at: Instant;
  /** Emergency contraception may help; until when, where the day is known. */
  readonly helpSoon: boolean;
  readonly emergencyBy: { readonly at: Instant; readonly words: string } | null;
  /** Days after which another test is needed. */
  readonly testAfterDays: number | null;
  readonly office: { readonly name: string; readonly phone: string } | null;
  readonly deskPhone: string;
}

export interface Advice {
  readonly headline: string;
  /** What to do now, in order. */
  readonly now: readonly string[];
  /** What happens next, without anybody asking. */
  readonly next: readonly string[];
}

type Told = (facts: ReportFacts) => Advice;

const care = ({ office, deskPhone }: ReportFacts, otherwise: string): string =>
  office ? `${office.name}’s office: ${office.phone}` : `${otherwise}: ${deskPhone}`;
const night = ({ office, deskPhone }: ReportFacts): string =>
  office ? ` At night you can call ${deskPhone}.` : ' We are there day and night.';

const KEEPS = 'Telling us does not end your treatment.';

/** Emergency contraception, where it can matter. */
function emergency({ helpSoon, emergencyBy, at }: ReportFacts): string[] {
  if (!helpSoon) return [];
  if (emergencyBy === null)
    return ['Ask about emergency contraception today. It works only for a few days, and better the sooner it is taken.'];
  return at <= emergencyBy.at
    ? [
        `Ask about emergency contraception today. It can prevent a pregnancy until about ${emergencyBy.words}, and it works better the sooner it is taken.`,
      ]
    : ['It may be too late for emergency contraception now. Ask when you call; other help is there.'];
}

function tests({ testAfterDays, on }: ReportFacts): string {
  return testAfterDays === null
    ? 'You have a pregnancy test. If it is negative, your medicine can go on.'
    : `You have a pregnancy test now and another from ${sayDay(addDays(on, testAfterDays))} on. If they are negative, your medicine can go on.`;
}

/** To the patient herself, also when the phone desk reads it out. */
const TO_PATIENT: Told = (facts) => {
  const { reported, holds } = facts;
  const call = `Call ${care(facts, 'your care team')} today.${night(facts)}`;
  const heard = 'Your care team hears of this now.';
  if (reported === 'side-effect')
    return {
      headline: 'Thank you. We have noted this and pass it on.',
      now: [
        'If it is bad or gets worse quickly, call your local emergency number now.',
        `If it troubles you, call ${care(facts, 'your care team')}.${night(facts)} Do not stop or change your medicine before you have asked.`,
      ],
      next: [`${heard} They may call you with questions.`, KEEPS],
    };
  if (reported === 'partner-pregnancy')
    return {
      headline: 'Thank you for telling us. Please call today.',
      now: [
        `${call} Ask whether to go on with your medicine.`,
        'Tell your partner to see a doctor soon, and to say that you take this medicine.',
      ],
      next: [`${heard} They talk with you about it before your next prescription.`, KEEPS],
    };
  if (!holds)
    return {
      headline: 'Thank you for telling us. Please call today.',
      now: [call, ...partnersHelp(reported)],
      next: [`${heard} You go on with your medicine unless they tell you otherwise.`, KEEPS],
    };
  return {
    headline: 'Thank you for telling us. Please stop your medicine for now and call today.',
    now: ['Do not take your medicine for now.', call, ...emergency(facts)],
    next: [
      heard,
      reported === 'pregnancy'
        ? 'They help you with the next steps, and send you to a doctor who knows about pregnancy and this medicine.'
        : tests(facts),
      KEEPS,
    ],
  };
};

/** What somebody who cannot become pregnant can do for somebody who can. */
const partnersHelp = (reported: Reported): string[] =>
  reported === 'unprotected-contact' || reported === 'method-failure'
    ? [
        'If your partner can become pregnant, tell her today. Emergency contraception works only for a few days, and better the sooner it is taken.',
      ]
    : [];

const TO_GUARDIAN: Told = (facts) => {
  const { reported, holds } = facts;
  const call = `Call ${care(facts, 'the care team')} today.${night(facts)}`;
  const stop = holds && reported !== 'side-effect' && reported !== 'partner-pregnancy';
  return {
    headline: stop
      ? 'Thank you for telling us. Please stop the medicine for now and call today.'
      : 'Thank you for telling us. We have noted this.',
    now: [
      ...(stop ? ['Please see to it that the medicine is not taken for now.'] : []),
      ...(reported === 'side-effect' ? ['If it is bad or gets worse quickly, call your local emergency number now.'] : []),
      call,
      ...(stop ? emergency(facts) : []),
    ],
    next: ['The care team hears of this now, and talks with your child and you.', 'Telling us does not end the treatment.'],
  };
};

const TO_PRACTICE: Told = (facts) => {
  const { reported, holds, deskPhone } = facts;
  if (reported === 'side-effect')
    return {
      headline: 'Recorded.',
      now: ['Assess it today if it is serious.'],
      next: [`It is passed on to the program’s safety desk: ${deskPhone}. They may ask for more.`],
    };
  if (reported === 'partner-pregnancy')
    return {
      headline: 'Recorded. Call the patient today.',
      now: ['Advise the patient, and offer the partner a referral.', `Report the exposure to the safety desk: ${deskPhone}.`],
      next: ['The next authorization asks for counseling that names the partner’s pregnancy.'],
    };
  if (!holds)
    return { headline: 'Recorded. Advise the patient.', now: ['Call the patient today.'], next: ['Nothing is on hold because of it.'] };
  return {
    headline: 'Recorded. Call the patient today: stop taking the medicine.',
    now: ['Call the patient: stop taking the medicine.', ...forThePractice(facts)],
    next:
      reported === 'pregnancy'
        ? [
            'Open authorizations are closed.',
            'To clear: two quantitative serum results far enough apart, and a specialist’s determination.',
            `Report it to the safety desk: ${deskPhone}.`,
          ]
        : [
            'Prescriptions and fills wait until a negative test answers it; the window of an open authorization keeps running.',
            ...(facts.testAfterDays === null
              ? []
              : [`One negative has to be collected on or after ${sayDay(addDays(facts.on, facts.testAfterDays))}.`]),
          ],
  };
};

function forThePractice({ reported, emergencyBy, at }: ReportFacts): string[] {
  if (reported === 'pregnancy') return ['Refer to an obstetrician who knows about reproductive toxicity.'];
  const hint =
    emergencyBy !== null && at <= emergencyBy.at ? [`Offer emergency contraception: it helps until about ${emergencyBy.words}.`] : [];
  return [...hint, 'Order a pregnancy test.'];
}

export function afterReport(facts: ReportFacts, audience: Audience): Advice {
  if (audience === 'guardian') return TO_GUARDIAN(facts);
  return audience === 'patient' ? TO_PATIENT(facts) : TO_PRACTICE(facts);
}
