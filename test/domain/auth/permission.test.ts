import { describe, expect, test } from '@jest/globals';
import { objectRule } from '../../../src/auth/object-rule.js';
import { mayCall, OPERATIONS, permissionOf, STEP_UP_MS, unlistedOperations } from '../../../src/auth/permission.js';
import { type Principal, ROLES, type Role } from '../../../src/auth/principal.js';
import { NOW } from './tokens.js';

const as = (role: Role, authenticatedAt = NOW): Principal => ({
  subject: `someone-${role}`,
  role,
  participantId: null,
  personId: null,
  siteId: null,
  chainId: null,
  patientId: null,
  onBehalfOf: null,
  authenticatedAt,
  tokenId: 'token',
  scope: [],
  expiresAt: NOW + 600_000,
});

/** The commands of the domain, written down here a second time: none may be forgotten in the table. `verify` is `verifyAuthorization`. */
const COMMANDS = `
  certify-prescriber suspend-prescriber certify-pharmacy suspend-pharmacy train-person
  enroll-patient re-enroll-patient sign-agreement withdraw-agreement change-category transfer-patient
  deactivate-patient record-death link-patients unlink-patients
  record-pregnancy-test correct-pregnancy-test retract-pregnancy-test record-contraception state-contraindication declare-abstinence
  report-menses report-missed-period report-unprotected-contact report-method-failure complete-survey resolve-discrepancy report-pregnancy
  clear-pregnancy-hold report-adverse-event
  interrupt-therapy resume-therapy change-dose end-therapy
  start-authorization certify-counseling confirm-contraception issue-authorization cancel-authorization
  verify-authorization reserve transfer-reservation release dispense correct-dispense return
  set-accommodation request-exception grant-exception`
  .trim()
  .split(/\s+/)
  .map((command) => command.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()));

const mayDo = (role: Role) => OPERATIONS.filter((operation) => mayCall(as(role), operation, NOW).may);
const isAttestation = (operation: string) => permissionOf(operation)?.attestation === true;

describe('who may call what', () => {
  test('says for every operation and every role what the table says, in sentences that a reviewer reads', () => {
    const sentences = OPERATIONS.map((operation) => {
      if (mayCall(null, operation, NOW).may) return `${operation}:\n  Anybody may, signed in or not.`;
      const callers = ROLES.flatMap((role) => {
        const verdict = mayCall(as(role), operation, NOW);
        return verdict.may ? [`  The ${role} may, for ${objectRule(verdict.rule)}.`] : [];
      });
      return [
        `${operation}${isAttestation(operation) ? ', signed after a sign-in of the last 15 minutes' : ''}:`,
        ...callers,
        '  Nobody else may.',
      ].join('\n');
    });
    expect(sentences.join('\n')).toMatchSnapshot();
  });

  test('every command of the domain is an operation', () => {
    expect(unlistedOperations(COMMANDS)).toEqual([]);
  });

  test.each(['', 'resetEverything', 'constructor', '__proto__', 'toString', 'hasOwnProperty', 'ISSUEAUTHORIZATION', 'issueAuthorization '])(
    'an operation that is not listed is refused to everybody: “%s”',
    (operation) => {
      expect(unlistedOperations([operation])).toEqual([operation]);
      for (const role of ROLES) expect(mayCall(as(role), operation, NOW)).toEqual({ may: false, because: 'not-listed' });
      expect(mayCall(null, operation, NOW)).toEqual({ may: false, because: 'not-listed' });
    },
  );

  test('a role that is not ours may do nothing, even one found on every object', () => {
    for (const role of ['superuser', 'constructor', '__proto__', 'toString'] as never[]) {
      expect(mayDo(role).filter((operation) => permissionOf(operation)?.allow !== 'public')).toEqual([]);
    }
  });

  test('without signing in, only the service’s own health and documents are open', () => {
    expect(OPERATIONS.filter((operation) => mayCall(null, operation, NOW).may)).toEqual(['health', 'ready', 'metrics', 'openapi']);
  });

  test('every operation can be called by somebody, and every role has something to do', () => {
    for (const operation of OPERATIONS)
      expect([operation, ROLES.some((role) => mayDo(role).includes(operation))]).toEqual([operation, true]);
    for (const role of ROLES) expect([role, mayDo(role).length > 4]).toEqual([role, true]);
  });
});

describe('I9, T2: nobody signs for another', () => {
  test.each(OPERATIONS.filter(isAttestation))(
    '%s is closed to the delegate and to the phone desk, however fresh their sign-in',
    (operation) => {
      for (const role of ['delegate', 'program-agent'] as const) {
        expect(mayCall(as(role), operation, NOW)).toEqual({ may: false, because: 'role' });
      }
    },
  );

  test('what only a prescriber may attest is signed by prescribers only', () => {
    for (const operation of [
      'certifyCounseling',
      'issueAuthorization',
      'clearPregnancyHold',
      'changeDose',
      'changeCategory',
      'correctPregnancyTest',
    ]) {
      expect([operation, isAttestation(operation), ROLES.filter((role) => mayDo(role).includes(operation as never))]).toEqual([
        operation,
        true,
        ['prescriber'],
      ]);
    }
  });

  test('a delegate reaches patients only through a delegation in force', () => {
    const rules = OPERATIONS.flatMap((operation) => {
      const allow = permissionOf(operation)?.allow;
      return allow && allow !== 'public' && allow.delegate && allow.prescriber === 'own-patient' ? [allow.delegate] : [];
    });
    expect(new Set(rules)).toEqual(new Set(['delegated-patient']));
  });

  test('the phone desk writes down only what a patient may say herself', () => {
    const herOwn = (operation: string) => operation.replace(/^desk(.)/, (_, first: string) => first.toLowerCase());
    expect(mayDo('program-agent').filter((operation) => !mayDo('patient').includes(herOwn(operation) as never))).toEqual([]);
  });

  test('a guardian learns and answers nothing of the contraception that a minor keeps private', () => {
    for (const operation of [
      'confirmContraception',
      'confirmMyContraception',
      'declareAbstinence',
      'recordContraception',
      'recordPregnancyTest',
      'getPatient',
    ]) {
      expect([operation, mayDo('guardian').includes(operation as never)]).toEqual([operation, false]);
    }
  });

  test('an auditor changes nothing', () => {
    expect(mayDo('auditor').filter((operation) => COMMANDS.includes(operation))).toEqual([]);
  });

  test('a pharmacy acts only for its own site', () => {
    for (const role of ['pharmacist', 'pharmacy-representative'] as const) {
      for (const operation of mayDo(role).filter((each) => COMMANDS.includes(each))) {
        const verdict = mayCall(as(role), operation, NOW);
        expect([operation, verdict.may && ['own-site', 'own-reservation'].includes(verdict.rule)]).toEqual([operation, true]);
      }
    }
  });
});

describe('a signature needs a sign-in of the last 15 minutes', () => {
  const issue = (age: number) => mayCall(as('prescriber', NOW - age), 'issueAuthorization', NOW);

  test('fifteen minutes is 900,000 milliseconds', () => {
    expect(STEP_UP_MS).toBe(900_000);
  });

  test.each([
    [899_999, true],
    [900_000, true],
    [900_001, false],
  ])('%d ms after it: %s', (age, may) => {
    expect(issue(age)).toEqual(may ? { may: true, rule: 'own-patient' } : { may: false, because: 'step-up' });
  });

  test('a sign-in at no time is no fresh one', () => {
    expect(issue(Number.NaN)).toEqual({ may: false, because: 'step-up' });
  });

  test('it is asked of every attestation and of nothing else', () => {
    for (const operation of OPERATIONS) {
      for (const role of ROLES.filter((each) => mayDo(each).includes(operation))) {
        const stale = mayCall(as(role, NOW - STEP_UP_MS - 1), operation, NOW);
        expect([operation, role, stale.may]).toEqual([operation, role, !isAttestation(operation)]);
      }
    }
  });

  test('a role that may not sign is told so, and not sent to sign in again', () => {
    expect(mayCall(as('delegate', 0), 'issueAuthorization', NOW)).toEqual({ may: false, because: 'role' });
  });

  test('what stops a danger or records a hand-over never waits for it', () => {
    for (const operation of [
      'reportPregnancy',
      'reportMissedPeriod',
      'recordPregnancyTest',
      'withdrawAgreement',
      'cancelAuthorization',
      'interruptTherapy',
      'dispense',
      'reportHandOver',
      'correctDispense',
    ]) {
      expect([operation, isAttestation(operation)]).toEqual([operation, false]);
    }
  });
});
