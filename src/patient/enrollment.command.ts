import type { LoadedCase } from '../authorization/case.store.js';
import type { AgreementInput, Command, Determination } from '../domain/authorization/command.js';
import { answersByGrounds } from '../domain/authorization/enrolling.js';
import { dateAt, readMoment } from '../domain/calendar.js';
import { categoryFromAnswers } from '../domain/category.js';
import { withAnswers } from '../domain/patient.js';
import type { Edition } from '../domain/program.js';
import {
  type AgreementRequest,
  answersOf,
  type ChangeCategoryRequest,
  checkDeclared,
  type DeterminationRequest,
} from './enrollment.dto.js';

export type Base = Pick<Command, 'id' | 'at' | 'by'>;

/** A signed agreement as the domain knows it: of the prescriber who records it. */
export const agreementIn = ({ signedAt, signedBy }: AgreementRequest, category: string, edition: Edition): AgreementInput => ({
  category,
  signed: readMoment(signedAt, edition.zone),
  signedBy,
  prescriber: null,
});

/** The specialist's document as the domain knows it; nothing when none was sent. */
export const determinationIn = (sent: DeterminationRequest | undefined): { readonly determination?: Determination } =>
  sent === undefined ? {} : { determination: { by: sent.name, licence: sent.licence, on: sent.on } };

/** The change that new answers make: the category follows from them, unless a stricter one is stated. */
export function categoryChange(base: Base, { file }: LoadedCase, edition: Edition, request: ChangeCategoryRequest): Command {
  checkDeclared(request.answers, edition);
  const answers = answersOf(request.answers ?? {});
  const after = withAnswers({ ...file.answers, ...answersByGrounds(request.grounds) }, answers);
  const category = request.category ?? categoryFromAnswers(after, dateAt(base.at, edition.zone), edition) ?? '';
  const agreement = request.agreement ? agreementIn(request.agreement, category, edition) : null;
  return {
    ...base,
    do: 'change-category',
    category,
    grounds: request.grounds,
    answers,
    agreement,
    ...determinationIn(request.determination),
  };
}
