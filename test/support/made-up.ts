import { type Given, worldOf } from '../../src/case-file/world.js';
import { type Decision, decide } from '../../src/domain/authorization/decide.js';
import { apply } from '../../src/domain/authorization/effect.js';
import { type Instant, readMoment } from '../../src/domain/calendar.js';
import type { Case } from '../../src/domain/patient.js';
import { type Edition, editionFrom } from '../../src/domain/program.js';
import { hashOfDocument, PROGRAMS_FOLDER } from '../../src/program/edition.catalogue.js';
import { editionsFor } from '../../src/program/edition.choice.js';
import { EditionInvalid, schemaCheck } from '../../src/program/edition.schema.js';
import { commands, deepFreeze, fixture, type Words } from './cases.js';

// A program that does not exist, with categories of its own, in which each shape of the edition format can be turned on by itself.

type Document = Record<string, unknown>;
const DOCUMENT = fixture('programs/mallow-xx/2025-01-01.json') as Document;
const check = schemaCheck(PROGRAMS_FOLDER);

const isLeaf = (node: unknown): node is { value: unknown } =>
  typeof node === 'object' && node !== null && 'value' in node && 'source' in node;

function set(document: Document, path: string, value: unknown): void {
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  const parent = steps.reduce<Document>((node, step) => node[step] as Document, document);
  parent[last] = isLeaf(parent[last]) ? { ...parent[last], value } : value;
}

/** The made-up edition with other values at those places; checked against the schema as every edition is. */
export function made(changes: Readonly<Record<string, unknown>> = {}): Edition {
  const document = structuredClone(DOCUMENT);
  for (const [path, value] of Object.entries(changes)) set(document, path, value);
  const flaws = check(document);
  if (flaws.length > 0) throw new EditionInvalid('a made-up edition', flaws);
  return editionFrom(document, hashOfDocument(document));
}

const ZONE = 'America/New_York';
export const at = (text: string): Instant => readMoment(text, ZONE).at;

/** Of the world in which nothing is wanting for a first prescription on 2026-03-20 at 15:00. */
export const COMPLETE: Given = {
  category: 'open',
  categorySince: '2026-01-05T09:00',
  enrollment: { enrolledAt: '2026-01-05T09:00' },
  patient: { birthDate: '1990-06-01', sex: 'female', menarche: true, hysterectomy: false, cycle: 'regular' },
  agreement: { category: 'open', signedAt: '2026-01-05T09:00', signedBy: ['patient'] },
  contraception: [
    { method: 'iud-hormonal', from: '2026-01-10' },
    { method: 'male-condom', from: '2026-01-10' },
  ],
  menses: [{ on: '2026-03-17', kind: 'menses' }],
  tests: [
    { id: 't1', collectedAt: '2026-02-20T09:00', result: 'negative' },
    { id: 't2', collectedAt: '2026-03-19T09:00', result: 'negative' },
  ],
};

/** A person of whom no pregnancy can come. */
export const CLOSED: Given = {
  category: 'closed',
  categorySince: '2026-01-05T09:00',
  enrollment: { enrolledAt: '2026-01-05T09:00' },
  patient: { birthDate: '1960-06-01', sex: 'female', menarche: true, hysterectomy: true },
  agreement: { category: 'closed', signedAt: '2026-01-05T09:00', signedBy: ['patient'] },
};

/** One person's life under those editions, the one in force chosen as the service chooses. */
export class Life {
  file: Case;
  private said = 0;

  constructor(
    readonly editions: readonly Edition[],
    given: Given,
    start: string,
    private readonly elsewhere: readonly Edition[] = [],
  ) {
    const edition = this.inForce(editions[0]?.program ?? '', at(start)) as Edition;
    const frame = { path: '/given', worlds: {}, edition, firstEventAt: at(start) };
    this.file = deepFreeze(worldOf(given, { ...frame, elsewhere: (program) => this.inForce(program, at(start)) }));
  }

  private inForce(program: string, when: Instant): Edition | undefined {
    return [...this.editions, ...this.elsewhere].findLast(
      (each) => each.program === program && each.effectiveFrom <= when && (each.effectiveUntil === null || when <= each.effectiveUntil),
    );
  }

  /** The last decision of what these words mean, or the first refusal. */
  says(words: Words, when: string): Decision {
    this.said += 1;
    const now = at(when);
    const program = this.editions[0]?.program ?? '';
    let decision: Decision | undefined;
    for (const command of commands(words, now, this.file, this.inForce(program, now), `/events/${this.said}`)) {
      const onFile = {
        inForce: (name: string) => this.inForce(name, now),
        withHash: (hash: string) => this.editions.find((each) => each.hash === hash),
      };
      const chosen = editionsFor(command, this.file, program, now, onFile);
      if (chosen === undefined) throw new Error('No edition is on file then.');
      decision = deepFreeze(decide(this.file, command, chosen.edition, chosen.others));
      this.file = deepFreeze(apply(this.file, decision.effects));
      if (decision.outcome === 'deny') break;
    }
    if (!decision) throw new Error('These words mean no command.');
    return decision;
  }

  /** Writes, counsels, takes the survey and issues, all at that moment: the decision, or the first refusal. */
  prescribed(when: string, authorization = 'rx-1'): Decision {
    const steps: Words[] = [
      { do: 'start-authorization', strengthMg: 25 },
      { do: 'certify-counseling' },
      { do: 'complete-survey' },
      { do: 'issue-authorization' },
    ];
    let decision: Decision | undefined;
    for (const words of steps) {
      decision = this.says({ ...words, authorization }, when);
      if (decision.outcome === 'deny') return decision;
    }
    return decision as Decision;
  }
}
