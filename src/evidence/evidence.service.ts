import { Inject, Injectable } from '@nestjs/common';
import type { OperationId } from '../auth/permission.js';
import type { Principal } from '../auth/principal.js';
import type { StatementId } from '../authorization/attestation.js';
import type { Sent } from '../authorization/command.runner.js';
import { NotFound } from '../authorization/outcome.errors.js';
import type { Command } from '../domain/authorization/command.js';
import type { Case } from '../domain/patient.js';
import { type StandingTest, standingTests } from '../domain/pregnancy-test.js';
import type { OwnRequest } from '../speaker/identity.dto.js';
import { type AboutPatient, type Base, type Given, PatientCommands } from '../speaker/patient.commands.js';
import { evidenceReply } from './evidence.view.js';
import type { ClearingRequest, TestCorrectionRequest, TestRetractionRequest } from './pregnancy-test.dto.js';

/** A fact somebody brings: where, by which operation, and signed with which sentence. */
export interface Brought {
  readonly caller: Principal;
  readonly operation: OperationId;
  readonly patient: string;
  readonly key: string;
  readonly statement?: StatementId;
}

type Fact = OwnRequest & { readonly identity?: AboutPatient['named'] };

/** Dated facts of a patient's chart: recorded, corrected and taken back, never overwritten. */
@Injectable()
export class EvidenceService {
  constructor(@Inject(PatientCommands) private readonly commands: PatientCommands) {}

  record(brought: Brought, request: Fact & { toCommand(base: Base, edition: Given['edition']): Command }): Promise<Sent> {
    return this.bring(brought, request, (base, { edition }) => request.toCommand(base, edition));
  }

  therapy(
    brought: Brought,
    change: 'interrupt-therapy' | 'resume-therapy' | 'end-therapy',
    request: OwnRequest & { on: string },
  ): Promise<Sent> {
    return this.bring(brought, request, (base) => ({ ...base, do: change, on: request.on }));
  }

  correctTest(brought: Brought, test: string, request: TestCorrectionRequest): Promise<Sent> {
    return this.bring(brought, request, (base, { loaded, edition }) => request.toCommand(base, edition, testIn(loaded.file, test)), test);
  }

  retractTest(brought: Brought, test: string, request: TestRetractionRequest): Promise<Sent> {
    return this.bring(brought, request, (base) => ({ ...base, do: 'retract-pregnancy-test', test, reason: request.reason }), test);
  }

  clearHold(brought: Brought, request: ClearingRequest): Promise<Sent> {
    // The office is that of the patient's own prescriber, the only one who may sign this.
    return this.bring(brought, request, (base, { loaded }) => request.toCommand(base, loaded.office?.name ?? null));
  }

  private bring(brought: Brought, request: Fact, command: AboutPatient['command'], test?: string): Promise<Sent> {
    const { caller, operation, patient, key, statement } = brought;
    return this.commands.run({
      caller,
      operation,
      patient,
      program: request.program,
      named: request.identity,
      keyed: { key, body: [operation, patient, test ?? null, request] },
      ...(test === undefined ? {} : { exists: ({ file }) => standingTests(file).some((each) => each.id === test) }),
      ...(statement === undefined ? {} : { statement }),
      command,
      made: evidenceReply,
    });
  }
}

function testIn(file: Case, test: string): StandingTest {
  const found = standingTests(file).find((each) => each.id === test);
  if (found === undefined) throw new NotFound();
  return found;
}
