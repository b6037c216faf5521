// A chart to write into: a patient of the demo's prescriber, and the callers who may know of her.

import { DEMO_IDS } from '../../../src/demo/accounts.js';
import { addDays, dateAt } from '../../../src/domain/calendar.js';
import { type Enrolled, type EnrollOptions, enroll } from '../../support/enrolled.js';
import { addPeople, type Caller, caller, openRunning, type Running } from '../../support/running-service.js';
import { tokenOf } from '../../support/tokens.js';

export const PROGRAM = 'lenalidomide-us';
export const ZONE = 'America/New_York';
export const DAY = 86_400_000;

export const FERTILE = {
  sex: 'female',
  menarche: true,
  amenorrhea: null,
  hysterectomy: false,
  bilateralOophorectomy: false,
  cycle: 'regular',
} as const;

export const ADULT: EnrollOptions = { category: 'frp-adult', answers: { ...FERTILE, birthDate: '1990-03-09' }, birthDate: '1990-03-09' };

export interface Chart extends Enrolled {
  readonly url: string;
  readonly familyName: string;
  readonly birthDate: string;
  readonly her: Caller;
}

export async function openClinic(): Promise<Running> {
  const running = await openRunning();
  await addPeople(running);
  return running;
}

let patients = 0;
/** A patient nobody else is like, with a token of her own. */
export async function openChart(running: Running, options: EnrollOptions = ADULT): Promise<Chart> {
  patients += 1;
  const familyName = `Chart${'abcdefghijklmnopqrstuvwxyz'[patients % 26]}${'abcdefghijklmnopqrstuvwxyz'[Math.floor(patients / 26)]}`;
  const enrolled = await enroll(running, { ...options, familyName });
  const her = await as(running, { role: 'patient', subject: `test:${enrolled.patient}`, patientId: enrolled.patient });
  return { ...enrolled, url: `/v1/patients/${enrolled.patient}`, familyName, birthDate: options.birthDate ?? '1960-01-01', her };
}

export const as = async (running: Running, person: Parameters<typeof tokenOf>[0]): Promise<Caller> =>
  caller(running.service, await tokenOf(person, running.dataDir));

export const guardianOf = (running: Running, { patient }: Enrolled): Promise<Caller> =>
  as(running, { role: 'guardian', subject: `test:guardian:${patient}`, onBehalfOf: patient });

export const today = (): string => dateAt(Date.now(), ZONE);
export const daysAgo = (days: number): string => addDays(today(), -days);
export const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

/** A negative blood test of the practice, collected an hour ago unless said otherwise. */
export const test = (more: object = {}): object => ({
  program: PROGRAM,
  collectedAt: ago(3_600_000),
  result: 'negative',
  method: 'serum-quantitative',
  setting: 'clinical',
  source: 'laboratory',
  ...more,
});

/** Everything a first prescription of hers rests on, but the survey and her confirmation; answers the authorization in preparation. */
export async function prepared(running: Running, chart: Chart): Promise<string> {
  const doctor = await running.as('prescriber');
  const all = [
    await doctor.post(`${chart.url}/contraception`, { program: PROGRAM, method: 'iud-hormonal', from: daysAgo(60) }),
    await doctor.post(`${chart.url}/contraception`, { program: PROGRAM, method: 'male-condom', from: daysAgo(60) }),
    await doctor.post(`${chart.url}/pregnancy-tests`, test({ collectedAt: ago(12 * DAY) })),
    await doctor.post(`${chart.url}/pregnancy-tests`, test()),
    await doctor.post('/v1/authorizations', {
      patientId: chart.patient,
      program: PROGRAM,
      lines: [{ strengthMg: 25, capsules: 21, regimen: { perDay: 1, daysOn: 21, cycleDays: 28 } }],
      supplyDays: 28,
      channel: 'electronic',
    }),
  ];
  for (const reply of all) if (reply.status >= 300) throw new Error(reply.text);
  const id = all[4]?.body.authorization.id as string;
  const counseled = await doctor.post(`/v1/authorizations/${id}/counseling`, {});
  if (counseled.status !== 200) throw new Error(counseled.text);
  return id;
}

export const onTheLine = ({ patient, familyName, birthDate }: Chart): object => ({
  patientId: patient,
  program: PROGRAM,
  identity: { familyName: familyName.toUpperCase(), birthDate },
});

export interface EntryRow {
  readonly command: string;
  readonly outcome: string;
  readonly version: number | null;
  readonly reasons: string[];
  readonly actor: string;
  readonly entry: { readonly actor: Record<string, unknown>; readonly attestation: unknown };
  readonly values: Record<string, unknown>;
}

/** The entries about that patient, oldest first. */
export async function entriesOf(running: Running, patient: string): Promise<EntryRow[]> {
  const { rows } = await running.service.pools.rest.query<EntryRow>(
    `SELECT e.command, e.outcome, e.version, e.reasons, e.actor, convert_from(e.bytes, 'UTF8')::json AS entry, v.values
     FROM entry e JOIN entry_values v ON v.entry_id = e.id WHERE e.patient_id = $1 ORDER BY e.recorded_at, e.id`,
    [patient],
  );
  return rows as EntryRow[];
}

export const doctorId = DEMO_IDS.prescriber;
