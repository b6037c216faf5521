import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sayDay } from '../../../src/wording/say-when.js';
import type { Caller, Reply, Running } from '../../support/running-service.js';
import {
  daysAgo,
  entriesOf,
  guardianOf,
  onTheLine,
  openChart,
  openClinic,
  PROGRAM,
  test as pregnancyTest,
  prepared,
  today,
} from '../evidence/chart.js';

let running: Running;
let doctor: Caller;
let agent: Caller;

beforeAll(async () => {
  running = await openClinic();
  doctor = await running.as('prescriber');
  agent = await running.as('program-agent');
}, 60_000);
afterAll(() => running?.close());

const status = (who: Caller): Promise<Reply> => who.get(`/v1/me/status?program=${PROGRAM}`);
const yearsAgo = (years: number): string => `${Number(today().slice(0, 4)) - years}-01-02`;
const MINOR = {
  category: 'frp-child',
  birthDate: yearsAgo(15),
  answers: { sex: 'female', menarche: true, hysterectomy: false, bilateralOophorectomy: false, cycle: 'regular', birthDate: yearsAgo(15) },
} as const;

interface Asked {
  readonly code: string;
}
/** The survey as her screen shows it, answered as the program expects, but for what is named. */
async function answers(who: Caller, differing: Record<string, string> = {}): Promise<{ question: string; answer: string }[]> {
  const { survey } = (await status(who)).body as { survey: { questions: Asked[] } };
  return survey.questions.map(({ code }) => ({ question: code, answer: differing[code] ?? EXPECTED[code] ?? 'yes' }));
}
// Written down a second time, so that a slip in the edition is found.
const EXPECTED: Record<string, string> = {
  unprotected: 'no',
  'method-failed': 'no',
  period: 'no',
  pregnant: 'no',
  sharing: 'no',
  blood: 'no',
  'partner-pregnant': 'no',
  sperm: 'no',
  'first-period': 'no',
  bleeding: 'no',
};
const survey = async (who: Caller, differing: Record<string, string> = {}): Promise<Reply> =>
  who.post('/v1/me/survey', { program: PROGRAM, answers: await answers(who, differing) });
const issue = (id: string) => doctor.post(`/v1/authorizations/${id}/issue`, {});
const codes = (reply: Reply): string[] => reply.body.reasons.map(({ code }: { code: string }) => code);

describe('where my medicine stands', () => {
  it('goes from waiting for her to ready, step by step, each with its date', async () => {
    const hers = await openChart(running);
    const none = (await status(hers.her)).body;
    expect(none).toMatchObject({ state: 'waiting-for-care-team', when: null, medicineThrough: null });
    expect(none.headline).toBe('Your medicine: waiting for your care team.');

    const id = await prepared(running, hers);
    const mine = (await status(hers.her)).body;
    expect(mine.state).toBe('waiting-for-you');
    expect(mine.headline).toBe(`Your medicine: waiting for you, by ${sayDay(daysAgo(-30))}.`);
    expect(mine.steps.map((step: { task: string | null; whose: string; by: string }) => [step.whose, step.task, step.by])).toEqual([
      ['you', 'contraception-confirmation', daysAgo(-30)],
      ['you', 'survey', daysAgo(-30)],
    ]);
    expect(mine.survey).toMatchObject({ due: true, minutes: 3 });
    expect(mine.survey.questions[0]).toMatchObject({ answers: ['yes', 'no', 'not-sure', 'talk'] });
    expect(mine.contact).toMatchObject({ office: '555-0100' });

    const confirmed = await hers.her.post('/v1/me/contraception-confirmation', { program: PROGRAM });
    expect(confirmed.status).toBe(200);
    const done = await survey(hers.her);
    expect(done.body.headline).toBe('Thank you. Your answers are in.');
    const theirs = (await status(hers.her)).body;
    expect(theirs.state).toBe('waiting-for-care-team');
    expect(theirs.steps[0].text).toContain('writes the prescription next');

    expect((await issue(id)).status).toBe(200);
    const ready = (await status(hers.her)).body;
    expect(ready.state).toBe('ready');
    expect(ready.headline).toMatch(/^Your medicine: ready, by .+, 11:59 pm Eastern\.$/);
    expect(ready.when.kind).toBe('by');
    expect(ready.steps[0]).toMatchObject({ whose: 'you' });
  });

  it('I20: shows no result but a negative one, no method and no category code, whatever is on record', async () => {
    const hers = await openChart(running);
    await prepared(running, hers);
    await doctor.post(`${hers.url}/pregnancy-tests`, pregnancyTest({ result: 'indeterminate' }));
    const { text, body } = await status(hers.her);
    expect(body.headline).toMatch(/^Please stop your medicine/);
    expect(body).toMatchObject({ state: 'waiting-for-you', survey: null });
    expect(body.when.words).toBe(sayDay(today()));
    expect(text).not.toMatch(/pregnan|indeterminate|unclear|iud|condom|frp|test/i);
    expect(body.steps).toHaveLength(1);
  });

  it('names the last day of the medicine at home, and the next test while she takes it', async () => {
    const hers = await openChart(running);
    const id = await prepared(running, hers);
    await hers.her.post('/v1/me/contraception-confirmation', { program: PROGRAM });
    await survey(hers.her);
    await issue(id);
    const q = running.service.pools.rest;
    await q.query(
      `INSERT INTO fill (id, authorization_id, enrollment_id, patient_id, pharmacy_id, outcome, handed_over_at, handed_over_until, handed_over_on, issued_at, supply_days, recorded_at)
       SELECT 'f-' || a.id, a.id, a.enrollment_id, a.patient_id, (SELECT id FROM participant WHERE kind = 'pharmacy' LIMIT 1), 'permitted', rems_now(), rems_now(),
         $2::date, a.issued_at, 28, rems_now() FROM prescription_authorization a WHERE a.id = $1`,
      [id, today()],
    );
    await q.query(`UPDATE prescription_authorization SET state = 'dispensed', next_deadline_at = NULL WHERE id = $1`, [id]);
    const { body } = await status(hers.her);
    expect(body.medicineThrough).toBe(daysAgo(-27));
    expect(body.state).toBe('waiting-for-care-team');
    // Weekly in the first four weeks; the last one was collected an hour ago.
    expect([daysAgo(-7), daysAgo(-6)]).toContain(body.steps.at(-1).by);
  });

  it('answers 404 to whoever is not she: another program, another patient, a guardian of somebody grown up', async () => {
    const hers = await openChart(running);
    expect((await hers.her.get('/v1/me/status?program=another-program')).status).toBe(404);
    expect((await hers.her.get('/v1/me/status')).status).toBe(400);
    expect((await status(await guardianOf(running, hers))).status).toBe(404);
    expect((await status(doctor)).status).toBe(403);
    expect((await status(agent)).status).toBe(403);
  });
});

const PRIVATE = /contracept|birth control|survey|condom|iud|pregnan|test|frp|sharing|blood/i;
/** Everything an answer says, without the names of its fields. */
const words = ({ body }: Reply): string =>
  JSON.stringify({ ...body, survey: body.survey === null ? [] : body.survey }).replaceAll('"survey":', '');

describe('I19: a minor’s answers are the minor’s', () => {
  it('the guardian sees that a step is due, or that none is, and not which', async () => {
    const minor = await openChart(running, MINOR);
    const mother = await guardianOf(running, minor);
    await prepared(running, minor);
    const due = await status(mother);
    expect(due.status).toBe(200);
    expect(due.body).toMatchObject({ state: 'waiting-for-you', survey: null });
    expect(due.body.steps).toHaveLength(2);
    expect(due.body.steps.map((step: { task: string | null }) => step.task)).toEqual([null, null]);
    expect(due.body.steps.map((step: { whose: string }) => step.whose)).toEqual(['you', 'child']);
    expect(words(due)).not.toMatch(PRIVATE);

    expect((await mother.post('/v1/me/contraception-confirmation', { program: PROGRAM })).status).toBe(403);
    const tried = await mother.post('/v1/me/survey', { program: PROGRAM, answers: [{ question: 'pregnant', answer: 'no' }] });
    expect(tried.status).toBe(409);
    expect(tried.text).not.toMatch(/birth control|pregnan|two-methods/i);
    expect((await entriesOf(running, minor.patient)).at(-1)).toMatchObject({ command: 'complete-survey', outcome: 'deny' });
    // Not with the right answers either: they are not hers to give.
    expect((await mother.post('/v1/me/survey', { program: PROGRAM, answers: await answers(minor.her) })).status).toBe(409);

    await minor.her.post('/v1/me/contraception-confirmation', { program: PROGRAM });
    expect((await survey(minor.her, { sharing: 'talk' })).status).toBe(200);
    const after = await status(mother);
    expect(words(after)).not.toMatch(PRIVATE);
  });

  it('a guardian answers for a child too young for any of it', async () => {
    const child = await openChart(running, {
      category: 'female-not-frp-child',
      birthDate: yearsAgo(8),
      answers: { sex: 'female', menarche: false, birthDate: yearsAgo(8) },
    });
    const mother = await guardianOf(running, child);
    const done = await survey(mother);
    expect(done.status).toBe(200);
  });
});

describe('the survey', () => {
  it.each(['no', 'not-sure', 'talk'])('an answer of “%s” never counts as a yes: it waits for a talk, and then counts', async (answer) => {
    const hers = await openChart(running);
    const id = await prepared(running, hers);
    await hers.her.post('/v1/me/contraception-confirmation', { program: PROGRAM });
    const taken = await survey(hers.her, { 'stop-and-call': answer });
    expect(taken.status).toBe(200);
    expect(taken.body.headline).toContain('talk with you');
    const refused = await issue(id);
    expect(refused.status).toBe(409);
    expect(codes(refused)).toEqual(['SURVEY_DISCREPANT']);
    const talked = await doctor.post(`${hers.url}/discrepancy-resolution`, { program: PROGRAM, grounds: 'We talked.' });
    expect(talked.status).toBe(200);
    expect((await issue(id)).status).toBe(200);
  });

  it('keeps what was answered, where only those who may open it find it', async () => {
    const hers = await openChart(running);
    await survey(hers.her, { blood: 'not-sure' });
    const entry = (await entriesOf(running, hers.patient)).at(-1);
    expect(JSON.stringify(entry?.entry)).not.toContain('not-sure');
    expect(entry?.values.command).toMatchObject({ answers: { blood: 'not-sure', period: 'no' } });
  });

  it.each([
    ['/answers', (all: object[]) => all.slice(1)],
    ['/answers/1/question', (all: object[]) => [all[0], all[0], ...all.slice(1)]],
    ['/answers/0/question', (all: object[]) => [{ question: 'constructor', answer: 'yes' }, ...all]],
    ['/answers/0/answer', (all: object[]) => [{ ...all[0], answer: 'maybe' }, ...all.slice(1)]],
  ])('names %s when it is not whole, and records nothing', async (pointer, spoil) => {
    const hers = await openChart(running);
    const reply = await hers.her.post('/v1/me/survey', { program: PROGRAM, answers: spoil(await answers(hers.her)) });
    expect(reply.status).toBe(400);
    expect(reply.body.errors.map((each: { pointer: string }) => each.pointer)).toContain(pointer);
    expect((await entriesOf(running, hers.patient)).map(({ command }) => command)).toEqual(['enroll-patient']);
  });

  it('I5: a danger told in passing acts as a report of it', async () => {
    const hers = await openChart(running);
    const id = await prepared(running, hers);
    const reply = await survey(hers.her, { pregnant: 'yes' });
    expect(reply.status).toBe(200);
    expect(reply.body.headline).toContain('stop your medicine');
    const { rows } = await running.service.pools.rest.query('SELECT state FROM prescription_authorization WHERE id = $1', [id]);
    expect(rows).toEqual([{ state: 'revoked' }]);

    const other = await openChart(running);
    const told = await survey(other.her, { unprotected: 'yes' });
    expect(told.body.now.join(' ')).toContain('emergency contraception');
    // The survey does not ask for the day, so no limit is named that could be too late.
    expect(told.text).not.toMatch(/until about/);
  });
});

describe('her confirmation', () => {
  it('finds nothing before a prescription is started, and is refused in words after it has ended', async () => {
    const hers = await openChart(running);
    const early = await hers.her.post('/v1/me/contraception-confirmation', { program: PROGRAM });
    expect(early.status).toBe(404);
    const id = await prepared(running, hers);
    await doctor.post(`/v1/authorizations/${id}/cancellation`, { reason: 'Not needed' });
    const late = await hers.her.post('/v1/me/contraception-confirmation', { program: PROGRAM });
    expect(late.status).toBe(409);
    expect(late.text).not.toMatch(/AUTHORIZATION_CANCELLED/);
  });
});

describe('the phone desk', () => {
  it('reads out the same, with an entry that names who looked and for whom', async () => {
    const hers = await openChart(running);
    await prepared(running, hers);
    const own = (await status(hers.her)).body;
    const { body, status: code } = await agent.post('/v1/desk/status', onTheLine(hers));
    expect(code).toBe(200);
    expect(body).toMatchObject({ state: own.state, headline: own.headline, steps: own.steps, survey: own.survey });
    const entry = (await entriesOf(running, hers.patient)).at(-1);
    expect(entry).toMatchObject({
      command: 'read-status',
      version: null,
      actor: 'demo:program-agent',
      entry: { actor: { onBehalfOf: hers.patient } },
    });
    expect(entry?.values.command).toMatchObject({ by: { identifiedBy: ['family-name', 'birth-date'] } });
  });

  it('T7: a name or birth date that does not match answers as if there were nobody', async () => {
    const hers = await openChart(running);
    const right = onTheLine(hers) as { identity: object };
    const wrong = await agent.post('/v1/desk/status', { ...right, identity: { ...right.identity, birthDate: '1991-03-09' } });
    const nobody = await agent.post('/v1/desk/status', { ...right, patientId: '01900000-0000-7000-8000-0000000009ff' });
    expect([wrong.status, nobody.status]).toEqual([404, 404]);
    expect({ ...wrong.body, instance: '', reference: '' }).toEqual({ ...nobody.body, instance: '', reference: '' });
    expect((await agent.post('/v1/desk/status', { patientId: hers.patient, program: PROGRAM })).status).toBe(400);
    expect((await hers.her.post('/v1/desk/status', right)).status).toBe(403);
  });

  it('writes down her confirmation and her survey, which are hers', async () => {
    const hers = await openChart(running);
    const id = await prepared(running, hers);
    const line = onTheLine(hers);
    expect((await agent.post('/v1/desk/contraception-confirmation', line)).status).toBe(200);
    expect((await agent.post('/v1/desk/survey', { ...line, answers: await answers(hers.her) })).status).toBe(200);
    expect((await issue(id)).status).toBe(200);
    expect((await agent.post(`/v1/authorizations/${id}/contraception-confirmation`, {})).status).toBe(403);
  });
});
