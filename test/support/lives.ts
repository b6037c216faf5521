// Small lives with every instant written down, for histories that can be counted by hand.
import { generateKeyPairSync } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { makeCast } from '../../bench/history/cast.js';
import { chances } from '../../bench/history/chances.js';
import { type Cast, Life, liveLife } from '../../bench/history/life.js';
import { sealAct } from '../../bench/history/record.js';
import { EntrySigner } from '../../src/compliance-log/signer.js';
import type { Presented } from '../../src/domain/authorization/command.js';
import type { Decision } from '../../src/domain/authorization/decide.js';
import { addDays, dateAt, type Instant, momentAt, readMoment } from '../../src/domain/calendar.js';
import { checklistOf } from '../../src/domain/checklist.js';
import type { Actor } from '../../src/domain/participant.js';
import { type Answers, NO_ANSWERS } from '../../src/domain/patient.js';
import type { Edition } from '../../src/domain/program.js';
import type { History } from '../../src/reporting/what-if/history.store.js';

export const signer = new EntrySigner(generateKeyPairSync('ed25519').privateKey);

export const START = Date.UTC(2026, 0, 5, 15);
export const cast: Cast = makeCast(START, 1, 2);

const MAN: Answers = { ...NO_ANSWERS, sex: 'male', birthDate: '1960-05-17', neverHadUterusOrOvaries: true };
const WOMAN: Answers = {
  ...NO_ANSWERS,
  sex: 'female',
  birthDate: '1990-03-09',
  menarche: true,
  hysterectomy: false,
  bilateralOophorectomy: false,
  cycle: 'regular',
};
/** Her periods have stopped for more than two years. */
const OLDER_WOMAN: Answers = { ...WOMAN, birthDate: '1970-03-09', cycle: 'none', amenorrhea: { since: '2020-01-01', cause: 'natural' } };

const PRESENTED: Presented = {
  identifiersMatch: true,
  shows: ['number', 'category'],
  showsCategory: null,
  capsules: null,
  strengthMg: null,
  supplyDays: null,
};

/** A person whose acts a test writes one by one; what is refused stays in the record like what is allowed. */
export class Person {
  readonly life: Life;

  private constructor(edition: Edition, category: string, answers: Answers) {
    const [site, other] = cast.sites;
    const [doctor] = cast.prescribers;
    if (!site || !other || !doctor) throw new Error('The cast is too small.');
    this.life = new Life(edition, doctor, [site, other], START);
    this.life.does(
      {
        do: 'enroll-patient',
        category,
        answers,
        agreement: { category, signed: momentAt(START, edition.zone), signedBy: ['patient'], prescriber: null },
        prescriber: doctor.id,
      },
      this.life.doctor,
    );
  }

  static man(edition: Edition): Person {
    return new Person(edition, 'male-adult', MAN);
  }

  static olderWoman(edition: Edition): Person {
    return new Person(edition, 'female-not-frp-adult', OLDER_WOMAN);
  }

  /** @param usesSince how many days before her enrollment both her methods began */
  static woman(edition: Edition, usesSince: number): Person {
    const her = new Person(edition, 'frp-adult', WOMAN);
    for (const method of ['iud-hormonal', 'male-condom'])
      her.life.does(
        { do: 'record-contraception', method, from: addDays(dateAt(START, edition.zone), -usesSince), until: null },
        her.life.doctor,
      );
    return her;
  }

  /** Local time in the program's zone. */
  at(local: string): this {
    this.life.at = readMoment(local, this.life.edition.zone).at;
    return this;
  }

  get pharmacist(): Actor {
    const [site] = cast.sites;
    return { role: 'pharmacy', id: site?.id ?? '', person: Object.keys(site?.trained ?? {})[0] ?? null };
  }

  /** Starts a prescription and counsels; with her survey and confirmation where the category asks for them. */
  starts(): string {
    const authorization = uuidv7();
    const { life } = this;
    life.does(
      {
        do: 'start-authorization',
        authorization,
        prescription: {
          lines: [{ strengthMg: 25, capsules: 21, regimen: { perDay: 1, daysOn: 21, cycleDays: 28 } }],
          supplyDays: 28,
          refills: 0,
          channel: 'electronic',
        },
      },
      life.doctor,
    );
    life.does({ do: 'certify-counseling', authorization, topics: [] }, life.doctor);
    life.does({ do: 'complete-survey', answers: 'consistent' }, life.herself);
    if (life.category?.contraception === true) life.does({ do: 'confirm-contraception', authorization }, life.herself);
    return authorization;
  }

  /** A negative laboratory result, collected now. */
  tests(): Decision {
    const { at, edition } = this.life;
    return this.life.does(
      {
        do: 'record-pregnancy-test',
        test: {
          id: uuidv7(),
          collected: momentAt(at, edition.zone),
          result: 'negative',
          method: 'serum-quantitative',
          value: 1,
          sensitivity: 5,
          setting: 'clinical',
          source: 'laboratory',
        },
      },
      this.life.doctor,
    );
  }

  issues(authorization: string): Decision {
    return this.life.does({ do: 'issue-authorization', authorization }, this.life.doctor);
  }

  verifies(authorization: string): Decision {
    return this.life.does({ do: 'verify', authorization, presented: PRESENTED }, this.pharmacist);
  }

  reserves(authorization: string): Decision {
    return this.life.does({ do: 'reserve', authorization, presented: PRESENTED, confirmationNumber: null }, this.pharmacist);
  }

  /** @param handedOver null: asked before the hand-over; else reported, when it was */
  dispenses(authorization: string, handedOver: Instant | null = null): Decision {
    const { edition, file } = this.life;
    const category = file.authorizations.find((each) => each.id === authorization)?.category ?? null;
    return this.life.does(
      {
        do: 'dispense',
        authorization,
        method: 'handover',
        siteZone: edition.zone,
        checklist: checklistOf(category, edition).map(({ id, needs }) => ({ question: id, answer: needs })),
        medicationGuide: true,
        identifiersMatch: true,
        handedOver: handedOver === null ? null : momentAt(handedOver, edition.zone),
        capsules: null,
        supplyDays: null,
        lines: [],
      },
      this.pharmacist,
    );
  }

  /** Reserve and hand-over, a minute apart. */
  fills(authorization: string): readonly [Decision, Decision] {
    const reserved = this.reserves(authorization);
    this.life.passes(60_000);
    return [reserved, this.dispenses(authorization)];
  }
}

/** Lives that a seed makes, whole ones, within `years` from the start. */
export function livesOf(edition: Edition, count: number, seed = 1, years = 3): Life[] {
  const end = START + years * 365 * 86_400_000;
  const lives: Life[] = [];
  for (let nth = seed; lives.length < count; nth += 1) {
    const life = liveLife(edition, cast, chances(nth), START, end);
    if (life) lives.push(life);
  }
  return lives;
}

/** The history of a life as the store would read it. */
export function historyOf(life: Life): History {
  const entries = life.acts.map((act) => {
    const { entry, values } = sealAct(act, life, signer);
    return { line: entry, values: JSON.stringify(values) };
  });
  return { patient: life.patient, enrollment: life.file.enrollment?.id ?? '', entries };
}
