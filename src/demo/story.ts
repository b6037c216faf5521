import type { Command } from '../domain/authorization/command.js';
import { addDays, dateAt, HOUR_MS, type Instant, type LocalDate, MINUTE_MS, startOfDay } from '../domain/calendar.js';
import { categoryFromAnswers } from '../domain/category.js';
import { type Answers, NO_ANSWERS, type PregnancyTest, type Regimen } from '../domain/patient.js';
import type { Edition } from '../domain/program.js';

/** One invented person, as `programs/<code>/demo.json` tells her. */
export interface DemoPerson {
  readonly givenName: string;
  readonly familyName: string;
  /** Name of a fixed id, when the person has a demo account. */
  readonly key?: string;
  readonly answers: Partial<Answers>;
  readonly methods?: readonly string[];
  readonly abstinent?: boolean;
  readonly guardian?: boolean;
  readonly prescriber: 'prescriber' | 'prescriber2';
  /** What happened to her last prescription. */
  readonly story: string;
  /** The day of its issue, counted back from today. */
  readonly lastIssue: number;
  /** Prescriptions in all; the earlier ones were filled, 28 days apart. */
  readonly cycles: number;
}

export type Speaker = 'prescriber' | 'patient' | 'pharmacy';

/** Something that happened: when, who spoke, and the command, but for what the runner fills in. */
export interface Happening {
  readonly at: Instant;
  readonly who: Speaker;
  readonly what: CommandDraft;
}

type Draft<C> = C extends Command ? Omit<C, 'id' | 'at' | 'by' | 'authorization'> & { readonly authorization?: number } : never;
/** A command about the person's n-th prescription. */
export type CommandDraft = Draft<Command>;

export interface DemoProduct {
  readonly strengthMg: number;
  readonly capsules: number;
  readonly regimen: Regimen;
}

const CYCLE_DAYS = 28;
const LEAD_DAYS = 12;

/** Tells one person's story from enrollment to today, in the order of time. */
export function tell(person: DemoPerson, product: DemoProduct, edition: Edition, now: Instant): Happening[] {
  const { zone } = edition;
  const today = dateAt(now, zone);
  const answers: Answers = { ...NO_ANSWERS, ...person.answers };
  const code = categoryFromAnswers(answers, today, edition) ?? '';
  const category = edition.categories[code];
  if (!category) throw new Error(`The demo's person has answers that give no category.`);
  const happenings: Happening[] = [];
  const at = (day: number, hour: number): Instant => Math.min(startOfDay(addDays(today, day), zone) + hour * HOUR_MS, now - 90 * MINUTE_MS);
  const say = (when: Instant, who: Speaker, what: CommandDraft): void => void happenings.push({ at: when, who, what });
  const on = (day: number): LocalDate => addDays(today, day);
  let tests = 0;
  const test = (when: Instant, result: PregnancyTest['result'] = 'negative'): void => {
    tests += 1;
    const collectedAt = when - 2 * HOUR_MS;
    const collected = { at: collectedAt, until: collectedAt, on: dateAt(collectedAt, zone) };
    const method = { method: 'urine', value: null, sensitivity: 25, setting: 'clinical', source: 'laboratory' } as const;
    say(when, 'prescriber', { do: 'record-pregnancy-test', test: { id: `test-${tests}`, collected, result, ...method } });
  };

  const firstIssue = person.lastIssue - CYCLE_DAYS * (person.cycles - 1);
  const enrolled = firstIssue - LEAD_DAYS;
  const signed = { at: at(enrolled, 9), until: at(enrolled, 9), on: on(enrolled) };
  say(at(enrolled, 9), 'prescriber', {
    do: 'enroll-patient',
    category: code,
    answers,
    agreement: { category: code, signed, signedBy: person.guardian ? ['patient', 'guardian'] : ['patient'], prescriber: null },
    prescriber: '',
  });
  if (category.contraception) {
    if (person.abstinent) say(at(enrolled, 10), 'patient', { do: 'declare-abstinence', from: null, until: null, never: true });
    for (const method of person.methods ?? [])
      say(at(enrolled, 10), 'patient', { do: 'record-contraception', method, from: on(enrolled - 60), until: null });
  }
  if (category.tests) test(at(enrolled, 15));

  for (let cycle = 0; cycle < person.cycles; cycle += 1) {
    const day = firstIssue + CYCLE_DAYS * cycle;
    const last = cycle === person.cycles - 1;
    const story = last ? person.story : 'dispensed';
    const weekly = category.tests && cycle === 1 ? [7, 14, 21] : [];
    for (const after of weekly) test(at(firstIssue + after, 11));
    const until = STEPS.indexOf((last ? (REACHES[story] ?? 'dispensed') : 'dispensed') as Step);
    if (!(last && story === 'firstTestOnly')) {
      if (category.tests) test(at(day, 10));
      if (category.survey !== null && category.survey !== 'none' && (cycle > 0 || category.survey.first)) {
        say(at(day, 11), 'patient', { do: 'complete-survey', answers: story === 'discrepant' ? 'discrepant' : 'consistent' });
      }
    }
    const steps: readonly CommandDraft[][] = [
      [
        {
          do: 'start-authorization',
          authorization: cycle,
          prescription: { lines: [{ ...product }], supplyDays: CYCLE_DAYS, refills: 0, channel: 'electronic' },
        },
      ],
      [{ do: 'certify-counseling', authorization: cycle, topics: [] }],
      category.contraception ? [{ do: 'confirm-contraception', authorization: cycle }] : [],
      [],
      [{ do: 'issue-authorization', authorization: cycle }],
      [{ do: 'reserve', authorization: cycle, confirmationNumber: null, presented: ALL_SHOWN }],
      [{ do: 'dispense', authorization: cycle, ...HANDED_OVER }],
    ];
    const who: readonly Speaker[] = ['prescriber', 'prescriber', 'patient', 'prescriber', 'prescriber', 'pharmacy', 'pharmacy'];
    const when = [at(day, 13), at(day, 13.2), at(day, 13.5), at(day, 14), at(day, 14.5), at(day + 1, 10), at(day + 1, 10.3)];
    steps.forEach((commands, step) => {
      if (step > until) return;
      for (const command of commands) say((when[step] ?? now) + step * 1_000, who[step] ?? 'prescriber', command);
    });
    if (last) for (const after of AFTERWARDS[story]?.({ day, cycle, at, on, test, now }) ?? []) happenings.push(after);
  }
  return happenings.sort((a, b) => a.at - b.at);
}

const STEPS = ['started', 'counseled', 'confirmed', 'ready', 'issued', 'reserved', 'dispensed'] as const;
type Step = (typeof STEPS)[number];

/** How far the last prescription of each story goes. */
const REACHES: Readonly<Record<string, Step>> = {
  firstTestOnly: 'confirmed',
  started: 'started',
  counseled: 'counseled',
  confirmed: 'confirmed',
  ready: 'ready',
  discrepant: 'ready',
  authorized: 'issued',
  expired: 'issued',
  superseded: 'issued',
  cancelled: 'issued',
  positive: 'issued',
  indeterminate: 'issued',
  reserved: 'reserved',
  lapsed: 'reserved',
};

const ALL_SHOWN = {
  identifiersMatch: true,
  shows: ['number', 'category'],
  showsCategory: null,
  capsules: null,
  strengthMg: null,
  supplyDays: null,
} as const;

const HANDED_OVER = {
  method: 'handover',
  siteZone: null,
  checklist: true,
  medicationGuide: true,
  identifiersMatch: true,
  handedOver: null,
  capsules: null,
  supplyDays: null,
  lines: [],
} as const;

interface Afterwards {
  readonly day: number;
  readonly cycle: number;
  readonly at: (day: number, hour: number) => Instant;
  readonly on: (day: number) => LocalDate;
  readonly test: (when: Instant, result: PregnancyTest['result']) => void;
  readonly now: Instant;
}

const AFTERWARDS: Readonly<Record<string, (told: Afterwards) => Happening[]>> = {
  positive: ({ day, at, test }) => {
    test(at(day + 1, 15), 'positive');
    return [];
  },
  indeterminate: ({ day, at, test }) => {
    test(at(day + 1, 15), 'indeterminate');
    return [];
  },
  missedPeriod: ({ day, at, on }) => [
    { at: at(day + 3, 9), who: 'patient', what: { do: 'report-missed-period', on: on(day + 3), kind: 'missed' } },
  ],
  unprotectedContact: ({ day, at, on }) => [
    { at: at(day + 3, 9), who: 'patient', what: { do: 'report-unprotected-contact', on: on(day + 2) } },
  ],
  partnerPregnant: ({ day, at }) => [{ at: at(day + 4, 9), who: 'patient', what: { do: 'report-pregnancy', who: 'partner' } }],
  cancelled: ({ day, at, cycle }) => [
    {
      at: at(day + 1, 9),
      who: 'prescriber',
      what: { do: 'cancel-authorization', authorization: cycle, reason: 'Dose to be reconsidered' },
    },
  ],
  interrupted: ({ day, at, on }) => [{ at: at(day + 10, 9), who: 'prescriber', what: { do: 'interrupt-therapy', on: on(day + 10) } }],
  ended: ({ day, at, on }) => [{ at: at(day + 30, 9), who: 'prescriber', what: { do: 'end-therapy', on: on(day + 30) } }],
  deactivated: ({ day, at }) => [{ at: at(day + 20, 9), who: 'prescriber', what: { do: 'deactivate-patient', reason: 'Moved abroad' } }],
  returned: ({ day, at, cycle }) => [
    { at: at(day + 3, 16), who: 'pharmacy', what: { do: 'return', authorization: cycle, unopened: true } },
  ],
  superseded: ({ cycle, now }) => {
    const again = cycle + 1;
    const drafts: CommandDraft[] = [
      {
        do: 'start-authorization',
        authorization: again,
        prescription: {
          lines: [{ strengthMg: 15, capsules: 21, regimen: { perDay: 1, daysOn: 21, cycleDays: 28 } }],
          supplyDays: 28,
          refills: 0,
          channel: 'electronic',
        },
      },
      { do: 'certify-counseling', authorization: again, topics: [] },
      { do: 'confirm-contraception', authorization: again },
      { do: 'issue-authorization', authorization: again },
    ];
    return drafts.map((what, index) => ({
      at: now - (60 - index * 5) * MINUTE_MS,
      who: what.do === 'confirm-contraception' ? 'patient' : 'prescriber',
      what,
    }));
  },
};
