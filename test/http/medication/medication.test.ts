import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEMO_IDS } from '../../../src/demo/accounts.js';
import type { Caller, Running } from '../../support/running-service.js';
import { type Chart, daysAgo, entriesOf, openChart, openClinic, PROGRAM, prepared, today } from '../evidence/chart.js';

// The medication list and what follows from it, over HTTP: who may write and read it, what the prescriber and the counter are told, and that
// nothing of it stands where everybody can read.

let running: Running;
let doctor: Caller;
let delegate: Caller;
let pharmacist: Caller;
let otherSite: Caller;

beforeAll(async () => {
  running = await openClinic();
  doctor = await running.as('prescriber');
  delegate = await running.as('delegate');
  pharmacist = await running.as('pharmacist');
  otherSite = await running.as('pharmacist-2');
}, 60_000);
afterAll(() => running?.close());

const post = (who: Caller, chart: Chart, path: string, body: object) => who.post(`${chart.url}/${path}`, { program: PROGRAM, ...body });
const listOf = (...names: string[]) => ({ whole: true, medicines: names.map((name) => ({ name, saidBy: 'patient' })) });
const codes = (reply: { body: { review: { warnings: { code: string }[] } } }) => reply.body.review.warnings.map(({ code }) => code);
const pointers = (reply: { body: { errors: { pointer: string }[] } }) => reply.body.errors.map(({ pointer }) => pointer);

const MAN = { category: 'male-adult', birthDate: '1960-05-20', answers: { sex: 'male', birthDate: '1960-05-20' } } as const;

/** An issued prescription of a man, with what the counter needs to find it. */
async function issued(chart: Chart): Promise<{ id: string; number: string }> {
  const started = await doctor.post('/v1/authorizations', {
    patientId: chart.patient,
    program: PROGRAM,
    lines: [{ strengthMg: 25, capsules: 21, regimen: { perDay: 1, daysOn: 21, cycleDays: 28 } }],
    supplyDays: 28,
    channel: 'electronic',
  });
  const id = started.body.authorization.id as string;
  await doctor.post(`/v1/authorizations/${id}/counseling`, {});
  const reply = await doctor.post(`/v1/authorizations/${id}/issue`, {});
  if (reply.status !== 200) throw new Error(reply.text);
  return { id, number: reply.body.authorization.number as string };
}

/** As the man's prescription shows it. */
const presented = (chart: Chart, number: string) => ({
  number,
  familyName: chart.familyName,
  birthDate: chart.birthDate,
  shows: { number: true, category: MAN.category },
});

describe('the list', () => {
  it('keeps who said so, who wrote it down and when, and says what could not be looked up', async () => {
    const chart = await openChart(running);
    const body = {
      whole: true,
      medicines: [
        { name: ' Digoxin 0.125 mg ', from: '2026-05', saidBy: 'patient' },
        { name: 'zorblaxin', saidBy: 'pharmacist' },
      ],
    };
    const reply = await post(delegate, chart, 'medications', body);
    expect(reply.status).toBe(200);
    expect(reply.body.review.medicines).toEqual([
      expect.objectContaining({
        name: 'Digoxin 0.125 mg',
        from: '2026-05',
        saidBy: 'patient',
        enteredBy: 'delegate',
        taken: true,
        screened: true,
      }),
      expect.objectContaining({ name: 'zorblaxin', saidBy: 'pharmacist', screened: false }),
    ]);
    expect(codes(reply)).toEqual(['INTERACTION', 'NOT_SCREENED']);
    const [interaction, unknown] = reply.body.review.warnings;
    expect(interaction.about).toEqual([
      expect.objectContaining({
        medicine: 'Digoxin 0.125 mg',
        act: expect.stringContaining('levels'),
        source: expect.stringContaining('S21'),
      }),
    ]);
    expect(unknown.text).toContain('nothing about whether it is safe');
    expect(reply.body.review.notChecked.join(' ')).toMatch(/prescribed for is not on record.*kidney function/);
    const read = await doctor.get(`${chart.url}/clinical-review?program=${PROGRAM}`);
    expect(read.status).toBe(200);
    expect(read.body.medicines).toHaveLength(2);
    const looked = (await entriesOf(running, chart.patient)).at(-1);
    expect(looked).toMatchObject({ command: 'read-clinical-review', outcome: 'allow', version: null, actor: 'demo:prescriber' });
  });

  it('its names stand in no open part of the log, only under the commitments', async () => {
    const chart = await openChart(running);
    await post(doctor, chart, 'medications', listOf('carbamazepine'));
    await post(doctor, chart, 'creatinine-clearance', { mlPerMin: 41.5, dialysis: false, on: daysAgo(2) });
    const { rows } = await running.service.pools.rest.query<{ open: string }>(
      "SELECT convert_from(bytes, 'UTF8') AS open FROM entry WHERE patient_id = $1",
      [chart.patient],
    );
    expect(rows.map(({ open }) => open).join(' ')).not.toMatch(/carbamazepine|41\.5/);
    const kept = (await entriesOf(running, chart.patient)).filter(({ command }) => command === 'record-medications');
    expect(JSON.stringify(kept[0]?.values)).toContain('carbamazepine');
  });

  it.each<[string, object, string]>([
    ['a name of nothing', listOf('  '), '/medicines/0/name'],
    ['a name too long', listOf('x'.repeat(201)), '/medicines/0/name'],
    ['a control character', listOf('dig\u0000oxin'), '/medicines/0/name'],
    ['a code that is none', { whole: true, medicines: [{ name: 'x', rxnorm: '12a', saidBy: 'patient' }] }, '/medicines/0/rxnorm'],
    [
      'an end before the beginning',
      { whole: true, medicines: [{ name: 'x', from: '2026-05', until: '2026-04-30', saidBy: 'patient' }] },
      '/medicines/0/until',
    ],
    ['nobody who said so', { whole: true, medicines: [{ name: 'x' }] }, '/medicines/0/saidBy'],
    ['nothing to add', { whole: false, medicines: [] }, '/medicines'],
    [
      'more than a list holds',
      { whole: true, medicines: Array.from({ length: 101 }, () => ({ name: 'x', saidBy: 'patient' })) },
      '/medicines',
    ],
  ])('names the place of %s', async (_, body, pointer) => {
    const reply = await post(doctor, await openChart(running), 'medications', body);
    expect(reply.status).toBe(400);
    expect(pointers(reply)).toEqual([pointer]);
  });

  it('is nobody else’s: not another practice’s, not the patient’s to write, not a pharmacist’s by the patient', async () => {
    const chart = await openChart(running);
    const second = await running.as('prescriber-2');
    expect((await post(second, chart, 'medications', listOf())).status).toBe(404);
    expect((await second.get(`${chart.url}/clinical-review?program=${PROGRAM}`)).status).toBe(404);
    for (const who of [pharmacist, chart.her]) expect((await post(who, chart, 'medications', listOf())).status).toBe(403);
    expect((await post(delegate, chart, 'creatinine-clearance', { mlPerMin: 50, dialysis: false, on: today() })).status).toBe(403);
    expect((await post(delegate, chart, 'laboratory-work', { what: 'blood-count', on: today() })).status).toBe(200);
  });
});

describe('a FHIR bundle', () => {
  const bundle = (...names: string[]) => ({
    resourceType: 'Bundle',
    entry: names.map((text) => ({
      resource: {
        resourceType: 'MedicationStatement',
        status: 'active',
        subject: { reference: 'Patient/1' },
        medicationCodeableConcept: { text },
      },
    })),
  });

  it('comes to the list, and says what it left', async () => {
    const chart = await openChart(running);
    const written = bundle('warfarin', 'aspirin');
    const reply = await post(doctor, chart, 'medications/import', {
      whole: false,
      bundle: { ...written, entry: [...written.entry, { resource: { resourceType: 'Observation' } }] },
    });
    expect(reply.status).toBe(200);
    expect(reply.body.left).toEqual([{ entry: 2, why: expect.any(String) }]);
    expect(reply.body.review.medicines.map(({ saidBy }: { saidBy: string }) => saidBy)).toEqual(['record', 'record']);
    expect(codes(reply)).toEqual(['INTERACTION']);
  });

  it('may have more fields than other bodies, and not more bytes', async () => {
    const chart = await openChart(running);
    const wide = bundle(...Array.from({ length: 90 }, (_, index) => `medicine ${index}`));
    expect((await post(doctor, chart, 'medications/import', { whole: false, bundle: wide })).status).toBe(200);
    expect(
      (
        await post(doctor, chart, 'medications', {
          ...listOf(),
          ...Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`k${i}`, 1])),
        })
      ).status,
    ).toBe(400);
    const heavy = { ...wide, note: 'x'.repeat(70_000) };
    expect((await post(doctor, chart, 'medications/import', { whole: false, bundle: heavy })).status).toBe(413);
  });

  it('of somebody else, or unreadable, is refused by its place and leaves no entry', async () => {
    const chart = await openChart(running);
    const before = (await entriesOf(running, chart.patient)).length;
    const other = {
      ...bundle('warfarin'),
      entry: [{ resource: { resourceType: 'Patient', birthDate: '1970-01-01' } }, ...bundle('warfarin').entry],
    };
    expect(pointers(await post(doctor, chart, 'medications/import', { whole: true, bundle: other }))).toEqual([
      '/bundle/entry/0/resource/birthDate',
    ]);
    for (const wrong of [{}, { resourceType: 'Bundle' }, { resourceType: 'Bundle', entry: {} }, { resourceType: 'Patient', entry: [] }])
      expect(pointers(await post(doctor, chart, 'medications/import', { whole: true, bundle: wrong }))).toEqual(['/bundle']);
    expect(
      pointers(await post(doctor, chart, 'medications/import', { whole: true, bundle: { resourceType: 'Bundle', entry: [] } })),
    ).toEqual(['/bundle/entry']);
    expect(pointers(await post(doctor, chart, 'medications/import', { whole: true, bundle: [] }))).toEqual(['/bundle']);
    expect((await entriesOf(running, chart.patient)).length).toBe(before);
  });
});

describe('before the issue', () => {
  it('an inducer beside a hormonal method asks for a method without hormones, and refuses nothing', async () => {
    const chart = await openChart(running);
    const id = await prepared(running, chart);
    await post(doctor, chart, 'contraception', { method: 'implant', from: daysAgo(60) });
    await post(doctor, chart, 'contraception', { method: 'iud-hormonal', from: daysAgo(60), until: daysAgo(40) });
    const reply = await post(doctor, chart, 'medications', listOf('rifampin'));
    expect(codes(reply)).toEqual(['HORMONAL_METHOD_WEAKENED']);
    expect(reply.body.review.warnings[0].nextAct).toContain('without hormones before the next authorization');
    const acknowledged = await post(doctor, chart, 'warnings/acknowledgement', {
      authorizationId: id,
      warnings: ['HORMONAL_METHOD_WEAKENED'],
      action: 'acted-on',
      note: 'Copper device next week.',
    });
    expect(acknowledged.status).toBe(200);
    expect(acknowledged.body.review.warnings[0].acknowledged).toEqual([{ action: 'acted-on', by: 'prescriber', at: expect.any(String) }]);
    const entry = (await entriesOf(running, chart.patient)).at(-1);
    expect(entry).toMatchObject({ command: 'acknowledge-warning', outcome: 'allow', actor: 'demo:prescriber' });
    expect(JSON.stringify(entry?.entry)).not.toContain('Copper');
  });

  it('kidneys, dose and blood work by what it is prescribed for', async () => {
    const chart = await openChart(running, MAN);
    expect(pointers(await post(doctor, chart, 'indication', { indication: 'poems' }))).toEqual(['/indication']);
    expect((await post(doctor, chart, 'indication', { indication: null })).body.review.notChecked.join(' ')).toContain('do not name');
    const stated = await post(doctor, chart, 'indication', { indication: 'mm-combination' });
    expect(stated.body.review.dose).toMatchObject({ mgPerDay: 25, daysOn: 21, cycleDays: 28, capsules: 21 });
    expect(stated.body.review.reminders.map(({ id }: { id: string }) => id)).toEqual(
      expect.arrayContaining(['clot-prophylaxis', 'blood-donation', 'sperm-donation', 'sharing']),
    );
    expect(pointers(await post(doctor, chart, 'creatinine-clearance', { mlPerMin: -1, dialysis: false, on: today() }))).toEqual([
      '/mlPerMin',
    ]);
    await post(doctor, chart, 'creatinine-clearance', { mlPerMin: 42, dialysis: false, on: daysAgo(1) });
    const { id } = await issued(chart);
    const read = await doctor.get(`${chart.url}/clinical-review?program=${PROGRAM}`);
    expect(read.body.warnings.map(({ code }: { code: string }) => code)).toEqual(['DOSE_ABOVE_RENAL']);
    expect(read.body.laboratory).toEqual([{ code: 'blood-count', title: 'Complete blood count', lastOn: null, dueOn: null }]);
    expect(id).toBeTruthy();
  });

  it('the issue itself tells the prescriber which medicine it is, and why', async () => {
    const chart = await openChart(running, MAN);
    await post(doctor, chart, 'medications', listOf('warfarin'));
    const started = await doctor.post('/v1/authorizations', {
      patientId: chart.patient,
      program: PROGRAM,
      lines: [{ strengthMg: 25, capsules: 21, regimen: { perDay: 1, daysOn: 21, cycleDays: 28 } }],
      supplyDays: 28,
      channel: 'electronic',
    });
    const id = started.body.authorization.id as string;
    await doctor.post(`/v1/authorizations/${id}/counseling`, {});
    const reply = await doctor.post(`/v1/authorizations/${id}/issue`, {});
    expect(reply.status).toBe(200);
    expect(reply.body.warnings).toEqual([
      expect.objectContaining({
        code: 'INTERACTION',
        about: [expect.objectContaining({ medicine: 'warfarin', act: expect.stringContaining('goes on') })],
      }),
    ]);
  });
});

describe('at the counter', () => {
  it('verify tells that there is something to weigh, and not which medicine; who holds the prescription reads the list', async () => {
    const chart = await openChart(running, MAN);
    await post(doctor, chart, 'medications', listOf('digoxin', 'zorblaxin'));
    await post(doctor, chart, 'indication', { indication: 'mm-combination' });
    await post(doctor, chart, 'creatinine-clearance', { mlPerMin: 33.3, dialysis: false, on: daysAgo(1) });
    const { id, number } = await issued(chart);
    const verified = await pharmacist.post('/v1/counter/verify', presented(chart, number));
    expect(verified.body.outcome).toBe('allow');
    expect(verified.body.warnings.map(({ code }: { code: string }) => code)).toEqual(['INTERACTION', 'NOT_SCREENED', 'DOSE_ABOVE_RENAL']);
    expect(verified.text).not.toMatch(/digoxin|zorblaxin|33\.3|myeloma/);

    expect((await pharmacist.get(`/v1/reservations/${id}/clinical-review`)).status).toBe(404);
    const reserved = await pharmacist.post('/v1/counter/reserve', presented(chart, number));
    expect(reserved.status).toBe(200);
    const review = await pharmacist.get(`/v1/reservations/${id}/clinical-review`);
    expect(review.status).toBe(200);
    expect(review.body.medicines.map(({ name }: { name: string }) => name)).toEqual(['digoxin', 'zorblaxin']);
    expect(review.body).toMatchObject({ dose: null, laboratory: [] });
    expect(review.text).not.toMatch(/33\.3|myeloma:|mm-combination/);
    expect((await otherSite.get(`/v1/reservations/${id}/clinical-review`)).status).toBe(404);
    expect((await otherSite.post(`/v1/reservations/${id}/medications`, listOf('aspirin'))).status).toBe(404);

    const added = await pharmacist.post(`/v1/reservations/${id}/medications`, {
      whole: false,
      medicines: [{ name: 'aspirin', saidBy: 'pharmacist' }],
    });
    expect(added.status).toBe(200);
    expect(added.body.review.medicines.at(-1)).toMatchObject({ name: 'aspirin', enteredBy: 'pharmacy', screened: true });
    const seen = await pharmacist.post(`/v1/reservations/${id}/warnings/acknowledgement`, {
      warnings: ['INTERACTION'],
      action: 'acknowledged',
    });
    expect(seen.status).toBe(200);
    expect(seen.body.review.warnings[0].acknowledged).toEqual([{ action: 'acknowledged', by: 'pharmacy', at: expect.any(String) }]);
    const entry = (await entriesOf(running, chart.patient)).at(-1);
    expect(entry?.entry.actor).toMatchObject({ role: 'pharmacist', participant: DEMO_IDS.site });
  });

  it('learns nothing of contraception: neither the warning, nor by asking to acknowledge it', async () => {
    const chart = await openChart(running);
    const id = await prepared(running, chart);
    await post(doctor, chart, 'contraception', { method: 'ring', from: daysAgo(60) });
    await post(doctor, chart, 'contraception', { method: 'iud-hormonal', from: daysAgo(60), until: daysAgo(40) });
    await post(doctor, chart, 'medications', listOf('carbamazepine'));
    const confirmed = await chart.her.post(`/v1/authorizations/${id}/contraception-confirmation`, {});
    expect([200, 404]).toContain(confirmed.status);
    const ask = (code: string) =>
      pharmacist.post(`/v1/reservations/${id}/warnings/acknowledgement`, { warnings: [code], action: 'acknowledged' });
    const refusals = await Promise.all(['HORMONAL_METHOD_WEAKENED', 'ESTROGEN_THROMBOSIS'].map(ask));
    for (const each of refusals) expect(each.status).toBe(404);
  });
});

describe('a decision taken again', () => {
  it('gives the same warnings, from the label facts it was decided with', async () => {
    const chart = await openChart(running, MAN);
    await post(doctor, chart, 'medications', listOf('digoxin'));
    const { number } = await issued(chart);
    await pharmacist.post('/v1/counter/verify', presented(chart, number));
    const auditor = await running.as('auditor');
    const { rows } = await running.service.pools.rest.query<{ id: string; command: string }>(
      "SELECT id, command FROM entry WHERE patient_id = $1 AND command IN ('issue-authorization', 'verify', 'record-medications')",
      [chart.patient],
    );
    expect(rows).toHaveLength(3);
    for (const { id, command } of rows) {
      const reply = await auditor.get(`/v1/log/entries/${id}/replay`);
      expect([command, reply.status, reply.body.same, reply.body.differences]).toEqual([command, 200, true, []]);
    }
  });
});
