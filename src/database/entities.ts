// Every table as TypeORM sees it. Each entity stands beside its noun and is private to that noun's store; here they only meet to be compared
// with what migrations/ made (test/database/schema.test.ts). Foreign keys name tables, not classes, so that no two entities import each other.
import { AuthorizationEntity } from '../authorization/authorization.entity.js';
import { EnrollmentEntity } from '../authorization/enrollment.entity.js';
import { EvidenceEntity } from '../authorization/evidence.entity.js';
import { IdempotencyEntity } from '../authorization/idempotency.entity.js';
import { EntryEntity } from '../compliance-log/entry.entity.js';
import { EntryPendingEntity } from '../compliance-log/entry-pending.entity.js';
import { EntryValuesEntity } from '../compliance-log/entry-values.entity.js';
import { FillEntity } from '../dispensing/fill.entity.js';
import { LeaseEntity } from '../jobs/lease.entity.js';
import { ExceptionRequestEntity } from '../participant/exception-request.entity.js';
import { ParticipantEntity } from '../participant/participant.entity.js';
import { PatientEntity } from '../patient/patient.entity.js';
import { PatientLinkEntity } from '../patient/patient-link.entity.js';
import { AccommodationEntity } from '../program/accommodation.entity.js';
import { EditionDocumentEntity } from '../program/edition-document.entity.js';
import { EditionMaterialEntity } from '../program/edition-material.entity.js';
import { EditionStepEntity } from '../program/edition-step.entity.js';
import { FindingEntity } from '../reporting/finding.entity.js';

export const entities = [
  ParticipantEntity,
  PatientEntity,
  PatientLinkEntity,
  EnrollmentEntity,
  EvidenceEntity,
  AuthorizationEntity,
  ExceptionRequestEntity,
  FillEntity,
  AccommodationEntity,
  EditionDocumentEntity,
  EditionStepEntity,
  EditionMaterialEntity,
  FindingEntity,
  EntryEntity,
  EntryValuesEntity,
  EntryPendingEntity,
  IdempotencyEntity,
  LeaseEntity,
];
