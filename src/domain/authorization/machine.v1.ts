import { setup } from 'xstate';
import type { Judgement } from '../judgement.js';
import type { JudgedAt } from '../program.js';
import { confirmationMissing, REQUIREMENTS, unmet } from '../requirement.js';

/**
 * The authorization's life, version 1. Used only through XState's pure functions; no actor runs. A guard is a requirement, and a requirement
 * answers with its reasons, so the guard and the explanation of a refusal are one function (explain.ts). Once released this file is frozen:
 * a change is a machine.v2.ts, and rows of version 1 go on living by this one.
 */
export type MachineEvent =
  | { readonly type: 'certify-counseling'; readonly judgement: Judgement }
  | { readonly type: 'confirm-contraception'; readonly judgement: Judgement }
  /** Some fact of the patient changed: does a step that was waiting for it go on? */
  | { readonly type: 'evidence-recorded'; readonly judgement: Judgement }
  | { readonly type: 'issue-authorization'; readonly judgement: Judgement }
  | { readonly type: 'reserve'; readonly judgement: Judgement }
  | { readonly type: 'transfer-reservation'; readonly judgement: Judgement }
  | { readonly type: 'release'; readonly judgement: Judgement }
  | { readonly type: 'dispense'; readonly judgement: Judgement }
  /** A hand-over that happened outside the rules: recorded, and the number is spent. */
  | { readonly type: 'report-dispense' }
  | { readonly type: 'return' }
  | { readonly type: 'cancel-authorization' }
  | { readonly type: 'supersede' }
  | { readonly type: 'revoke' }
  | { readonly type: 'lapse' }
  | { readonly type: 'expire' };

type Judged = Extract<MachineEvent, { judgement: Judgement }>;
const nothingUnmet = (when: JudgedAt, event: MachineEvent): boolean => unmet(when, (event as Judged).judgement).length === 0;

export const machineV1 = setup({
  types: { events: {} as MachineEvent },
  guards: {
    contraceptionAsked: ({ event }) => confirmationMissing((event as Judged).judgement),
    testAsked: ({ event }) => (REQUIREMENTS['tests']?.((event as Judged).judgement) ?? ['RULE_MISSING']).length > 0,
    evidenceComplete: ({ event }) => nothingUnmet('issue', event),
    mayReserve: ({ event }) => nothingUnmet('reserve', event),
    mayDispense: ({ event }) => nothingUnmet('dispense', event),
  },
}).createMachine({
  id: 'authorization',
  initial: 'counseling',
  states: {
    counseling: {
      description: 'The prescriber counsels the patient and certifies it.',
      on: {
        'certify-counseling': [
          { guard: 'contraceptionAsked', target: 'contraception' },
          { guard: 'testAsked', target: 'pregnancyTest' },
          { target: 'ready' },
        ],
        'evidence-recorded': 'counseling',
        'report-dispense': 'dispensed',
        'cancel-authorization': 'cancelled',
        revoke: 'revoked',
        expire: 'expired',
      },
    },
    contraception: {
      description: 'The patient confirms her contraception or abstinence.',
      on: {
        'certify-counseling': 'contraception',
        'confirm-contraception': [{ guard: 'testAsked', target: 'pregnancyTest' }, { target: 'ready' }],
        'evidence-recorded': [
          { guard: 'contraceptionAsked', target: 'contraception' },
          { guard: 'testAsked', target: 'pregnancyTest' },
          { target: 'ready' },
        ],
        'report-dispense': 'dispensed',
        'cancel-authorization': 'cancelled',
        revoke: 'revoked',
        expire: 'expired',
      },
    },
    pregnancyTest: {
      description: 'A negative test in its window is on record.',
      on: {
        'certify-counseling': 'pregnancyTest',
        'confirm-contraception': [{ guard: 'testAsked', target: 'pregnancyTest' }, { target: 'ready' }],
        'evidence-recorded': [{ guard: 'testAsked', target: 'pregnancyTest' }, { target: 'ready' }],
        'issue-authorization': { guard: 'evidenceComplete', target: 'authorized' },
        'report-dispense': 'dispensed',
        'cancel-authorization': 'cancelled',
        revoke: 'revoked',
        expire: 'expired',
      },
    },
    ready: {
      description: 'Every act of this prescription is done; issuing judges all evidence again.',
      on: {
        'certify-counseling': 'ready',
        'confirm-contraception': 'ready',
        'evidence-recorded': 'ready',
        'issue-authorization': { guard: 'evidenceComplete', target: 'authorized' },
        'report-dispense': 'dispensed',
        'cancel-authorization': 'cancelled',
        revoke: 'revoked',
        expire: 'expired',
      },
    },
    authorized: {
      description: 'Issued: the number may be reserved by one certified pharmacy inside its window.',
      on: {
        reserve: { guard: 'mayReserve', target: 'reserved' },
        release: 'authorized',
        'report-dispense': 'dispensed',
        'cancel-authorization': 'cancelled',
        supersede: 'superseded',
        revoke: 'revoked',
        expire: 'expired',
      },
    },
    reserved: {
      description: 'One pharmacy holds it under a confirmation number.',
      on: {
        reserve: { guard: 'mayReserve', target: 'reserved' },
        'transfer-reservation': 'reserved',
        release: 'authorized',
        lapse: 'authorized',
        dispense: { guard: 'mayDispense', target: 'dispensed' },
        'report-dispense': 'dispensed',
        'cancel-authorization': 'cancelled',
        revoke: 'revoked',
        expire: 'expired',
      },
    },
    dispensed: {
      description: 'Filled, once and for ever.',
      on: { 'report-dispense': 'dispensed', return: 'returned' },
    },
    returned: { type: 'final', description: 'The product came back; the number stays spent.' },
    expired: { type: 'final', description: 'Its window ended unfilled.' },
    cancelled: { type: 'final', description: 'The prescriber took it back.' },
    superseded: { type: 'final', description: 'A newer authorization took its place.' },
    revoked: { type: 'final', description: 'Danger, or the end of enrollment, agreement or certification, ended it.' },
  },
});
