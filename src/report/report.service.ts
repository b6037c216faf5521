import { Inject, Injectable } from '@nestjs/common';
import type { OperationId } from '../auth/permission.js';
import type { Principal } from '../auth/principal.js';
import type { Sent } from '../authorization/command.runner.js';
import { PatientCommands } from '../speaker/patient.commands.js';
import type { NamedIdentity } from '../speaker/speaker.js';
import type { Report } from './report.dto.js';
import { reportReply } from './report.view.js';

/** Takes a report from whichever door it comes by, and answers with what to do now. */
@Injectable()
export class ReportService {
  constructor(@Inject(PatientCommands) private readonly commands: PatientCommands) {}

  take(
    caller: Principal,
    operation: OperationId,
    about: { readonly patient: string; readonly named?: NamedIdentity },
    report: Report,
    key: string,
  ): Promise<Sent> {
    return this.commands.run({
      caller,
      operation,
      patient: about.patient,
      program: report.program,
      named: about.named,
      keyed: { key, body: [operation, about.patient, report] },
      command: (base, { edition }) => report.toCommand(base, edition),
      made: reportReply,
    });
  }
}
