// A patient in the program: enrolled by the decision code, and written with the signed entry that is version 1 of the enrollment.
import { v7 as uuidv7 } from 'uuid';
import { sealedEntry } from '../../src/authorization/entry.js';
import { caseOfNobody } from '../../src/authorization/nobodys-case.js';
import { recorded } from '../../src/compliance-log/recorded.js';
import { DEMO_IDS } from '../../src/demo/accounts.js';
import { decide } from '../../src/domain/authorization/decide.js';
import { dateAt } from '../../src/domain/calendar.js';
import type { Participant } from '../../src/domain/participant.js';
import type { Answers, Case } from '../../src/domain/patient.js';
import { EditionCatalogue } from '../../src/program/edition.catalogue.js';
import type { Running } from './running-service.js';

export const PROGRAM = 'lenalidomide-us';
const catalogue = EditionCatalogue.fromFolder();

export interface Enrolled {
  readonly patient: string;
  readonly enrollment: string;
}

export interface EnrollOptions {
  readonly category?: string;
  readonly answers?: Partial<Answers>;
  readonly familyName?: string;
  readonly birthDate?: string;
  readonly prescriber?: string;
}

/** Male and grown up unless asked otherwise: no contraception, no tests, no survey before the first prescription. */
export async function enroll({ service, signer }: Running, options: EnrollOptions = {}): Promise<Enrolled> {
  const { category = 'male-adult', familyName = 'Okonkwo', birthDate = '1960-01-01', prescriber = DEMO_IDS.prescriber } = options;
  const patient = uuidv7();
  const enrollment = uuidv7();
  const { rest } = service.pools;
  const { rows } = await rest.query<{ at: number }>('SELECT rems_now() AS at');
  const at = rows[0]?.at ?? 0;
  const edition = catalogue.inForce(PROGRAM, at);
  if (!edition) throw new Error('No edition is in force.');
  const doctor: Participant = {
    id: prescriber,
    kind: 'prescriber',
    certifiedFrom: 0,
    certifiedUntil: null,
    suspendedAt: null,
    suspendedUntil: null,
    actsFor: null,
    chain: null,
    revision: 1,
    trained: {},
  };
  const file: Case = { ...caseOfNobody({ [prescriber]: doctor }), patient };
  const command = {
    do: 'enroll-patient' as const,
    id: enrollment,
    at,
    by: { role: 'prescriber' as const, id: prescriber },
    category,
    answers: { birthDate, sex: 'male' as const, ...options.answers },
    agreement: {
      category,
      signed: { at, until: at, on: dateAt(at, edition.zone) },
      signedBy: ['patient' as const],
      prescriber: null,
    },
    prescriber,
  };
  const decision = decide(file, command, edition);
  if (decision.outcome !== 'allow') throw new Error(`The patient could not be enrolled: ${decision.reasons.join(' ')}`);
  const sealed = sealedEntry(
    {
      id: uuidv7(),
      at,
      caller: {
        subject: 'demo:prescriber',
        role: 'prescriber',
        participantId: prescriber,
        siteId: null,
        personId: null,
        onBehalfOf: null,
        tokenId: 'test',
      },
      command,
      decision,
      aggregate: { kind: 'enrollment', id: enrollment, version: 1, saw: 0 },
      patient,
      authorization: null,
      edition,
      attestation: null,
      causedBy: null,
      values: { numbers: {}, basis: { participants: file.participants, accommodations: [], linked: [] } },
    },
    signer,
  );
  await rest.transaction((tx) =>
    recorded(tx, async () => {
      await tx.query(
        `INSERT INTO patient (id, given_name, family_name, birth_date, family_name_key, created_at) VALUES ($1, 'Test', $2, $3, $4, rems_now())`,
        [patient, familyName, birthDate, familyName.toLowerCase()],
      );
      const iso = new Date(at).toISOString();
      const answers = decision.effects.find((each) => each.kind === 'answers');
      await tx.query(
        `INSERT INTO enrollment (id, patient_id, program, prescriber_id, enrolled_at, answers, category, category_since, revision)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $5, 1)`,
        [enrollment, patient, PROGRAM, prescriber, iso, JSON.stringify(answers?.kind === 'answers' ? answers.answers : {}), category],
      );
      const facts = decision.effects.flatMap((each) => (each.kind === 'evidence' ? [each.evidence] : []));
      for (const [index, fact] of facts.entries())
        await tx.query(
          `INSERT INTO evidence (enrollment_id, id, patient_id, revision, ordinal, kind, recorded_at, fact) VALUES ($1, $2, $3, 1, $4, $5, $6, $7)`,
          [enrollment, fact.id, patient, index + 1, fact.kind, iso, JSON.stringify(fact)],
        );
      return [{ sealed, actor: 'demo:prescriber', organization: prescriber }];
    }),
  );
  return { patient, enrollment };
}

/** Started, counseled and issued for that patient, over HTTP by his prescriber. */
export async function issued(running: Running, { patient }: Enrolled): Promise<{ id: string; number: string }> {
  const id = await started(running, patient);
  const doctor = await running.as('prescriber');
  await doctor.post(`/v1/authorizations/${id}/counseling`, {});
  const reply = await doctor.post(`/v1/authorizations/${id}/issue`);
  if (reply.status !== 200) throw new Error(`Not issued: ${reply.text}`);
  return { id, number: reply.body.authorization.number };
}

/** Started, and nothing more. */
export async function started(running: Running, patient: string): Promise<string> {
  const doctor = await running.as('prescriber');
  const reply = await doctor.post('/v1/authorizations', {
    patientId: patient,
    program: PROGRAM,
    lines: [{ strengthMg: 25, capsules: 21, regimen: { perDay: 1, daysOn: 21, cycleDays: 28 } }],
    supplyDays: 28,
    channel: 'electronic',
  });
  if (reply.status !== 201) throw new Error(`Not started: ${reply.text}`);
  return reply.body.authorization.id;
}

/** What the counter asks with, of the patient that `enroll` makes unless told otherwise. */
export const atCounter = (number: string) => ({
  number,
  familyName: 'Okonkwo',
  birthDate: '1960-01-01',
  shows: { number: true, category: 'male-adult' },
});
