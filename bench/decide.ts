// Decisions a second on one core: the pure function alone, on the cases that the service reads.
import { CASES_BY } from '../src/authorization/case.read.js';
import { CaseStore, type LoadedCase } from '../src/authorization/case.store.js';
import type { Pools } from '../src/database/pools.js';
import { DEMO_IDS } from '../src/demo/accounts.js';
import type { Command } from '../src/domain/authorization/command.js';
import { decide } from '../src/domain/authorization/decide.js';
import { checklistOf } from '../src/domain/checklist.js';
import type { Actor } from '../src/domain/participant.js';
import type { Edition } from '../src/domain/program.js';
import { EditionCatalogue } from '../src/program/edition.catalogue.js';
import type { FixturePatient } from './fixture-case.js';

const DECISIONS_A_TURN = 4_000;

/** One command after another on one case; each at an instant of its own, as in life, so that nothing remembered answers for it. */
export async function decisionsPerSecond(pools: Pools, patients: readonly FixturePatient[], edition: Edition): Promise<number> {
  const store = new CaseStore(EditionCatalogue.fromFolder());
  const query = { by: 'enrollment' as const, participants: [DEMO_IDS.site], caller: 'bench', key: '' };
  const loaded: [LoadedCase, FixturePatient][] = [];
  for (const patient of patients) {
    const found = await store.load(pools.counter, { ...query, value: patient.enrollment });
    if (!found) throw new Error(`${CASES_BY.enrollment.name} found nobody.`);
    loaded.push([found, patient]);
  }
  const by: Actor = { role: 'pharmacy', id: DEMO_IDS.site, person: DEMO_IDS.pharmacist };
  let allowed = 0;
  const startedAt = performance.now();
  for (let nth = 0; nth < DECISIONS_A_TURN; nth++) {
    const [{ file, at }, patient] = loaded[nth % loaded.length] as [LoadedCase, FixturePatient];
    const command = commandOf(nth, at + nth, by, patient, edition);
    if (decide(file, command, edition).outcome === 'allow') allowed++;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  // A third are hand-overs without a reservation, which are refused: a refusal, with its reasons and its earliest moment, costs most.
  if (allowed === 0 || allowed === DECISIONS_A_TURN) throw new Error(`${allowed} of ${DECISIONS_A_TURN} decisions were allowances.`);
  return DECISIONS_A_TURN / seconds;
}

function commandOf(nth: number, at: number, by: Actor, patient: FixturePatient, edition: Edition): Command {
  const base = { id: 'bench', at, by, authorization: patient.authorization };
  const presented = {
    identifiersMatch: true,
    shows: ['number', 'category'] as const,
    showsCategory: patient.category,
    capsules: null,
    strengthMg: null,
    supplyDays: null,
  };
  if (nth % 3 === 0) return { ...base, do: 'verify', presented };
  if (nth % 3 === 1) return { ...base, do: 'reserve', presented, confirmationNumber: null };
  return {
    ...base,
    do: 'dispense',
    method: 'handover',
    siteZone: edition.zone,
    checklist: checklistOf(patient.category, edition).map(({ id, needs }) => ({ question: id, answer: needs })),
    medicationGuide: true,
    identifiersMatch: true,
    handedOver: null,
    capsules: 21,
    supplyDays: null,
    lines: [],
  };
}
