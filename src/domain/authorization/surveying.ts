import { governing, guardianSpeaks } from '../category.js';
import { standingDangers } from '../danger.js';
import type { Given } from '../patient.js';
import type { Question } from '../program.js';
import { judgeSurvey, notAsked, reportedBy, type SurveyOf, surveyOf, unanswered } from '../survey.js';
import { attestingReasons, speaksForPatient } from './attester.js';
import type { Effect } from './effect.js';
import { EVIDENCE } from './evidence.js';
import { accepted, type Handlers, type Ruling, refused, type Situation } from './ruling.js';

/** The patient's survey: judged against the answers the program expects, and never taken for a yes. */

type Named = 'complete-survey' | 'resolve-discrepancy';

function completeSurvey(situation: Situation<'complete-survey'>): Ruling {
  const { command, at, on } = situation;
  const governed = governing(situation);
  const child = governed !== null && guardianSpeaks(governed.category, situation.file.answers, on, situation.edition);
  if (!speaksForPatient(command.by, child)) return refused(['MAY_NOT_ATTEST']);
  const by = command.by.role === 'guardian' ? 'guardian' : 'patient';
  const asked = surveyOf(governed?.code ?? null, situation.edition);
  const given = typeof command.answers === 'string' ? null : command.answers;
  if (given !== null) {
    if (asked === null) return refused(['RULE_MISSING']);
    // What a minor answers in private is not another's to answer.
    if (!asked.questionnaire.answeredBy.includes(by)) return refused(['MAY_NOT_ATTEST']);
    if (unanswered(asked.questionnaire, given).length > 0 || notAsked(asked.questionnaire, given).length > 0)
      return refused(['FACT_UNKNOWN']);
  }
  const answers =
    typeof command.answers === 'string' ? command.answers : asked ? judgeSurvey(asked.questionnaire, command.answers) : 'discrepant';
  const survey: Effect = {
    kind: 'evidence',
    evidence: {
      kind: 'survey',
      id: command.id,
      recordedAt: at,
      completed: { at, until: at, on },
      by,
      answers,
      ...(given === null ? {} : { given }),
      served: null,
    },
  };
  if (answers === 'consistent') return accepted([survey]);
  return accepted([survey, { kind: 'finding', code: 'SURVEY_DISCREPANT' }, ...reportsIn(situation, asked, given)]);
}

/** What she tells us in the survey counts as if she had come to report it: danger acts in the same command (I5). */
function reportsIn(situation: Situation<'complete-survey'>, asked: SurveyOf | null, given: Given | null): readonly Effect[] {
  if (asked === null || given === null) return [];
  return reportedBy(asked.questionnaire, given).flatMap((question) => reportOf(question, situation).effects ?? []);
}

function reportOf({ code, reports }: Question, situation: Situation<'complete-survey'>): Ruling {
  const { on } = situation;
  const base = { id: `${situation.command.id}/${code}`, at: situation.command.at, by: situation.command.by };
  switch (reports) {
    case null:
      return accepted([]);
    case 'missed-period':
      return EVIDENCE['report-missed-period']({ ...situation, command: { ...base, do: 'report-missed-period', on, kind: 'missed' } });
    case 'unprotected-contact':
      return EVIDENCE['report-unprotected-contact']({ ...situation, command: { ...base, do: 'report-unprotected-contact', on } });
    case 'method-failure':
      return EVIDENCE['report-method-failure']({ ...situation, command: { ...base, do: 'report-method-failure', on, method: null } });
    case 'pregnancy':
      return EVIDENCE['report-pregnancy']({ ...situation, command: { ...base, do: 'report-pregnancy', who: 'patient' } });
    case 'partner-pregnancy':
      return EVIDENCE['report-pregnancy']({ ...situation, command: { ...base, do: 'report-pregnancy', who: 'partner' } });
  }
}

function resolveDiscrepancy(situation: Situation<'resolve-discrepancy'>): Ruling {
  const { file, command, at, edition } = situation;
  const who = command.by.role === 'administrator' ? [] : attestingReasons(situation);
  if (who.length > 0) return refused(who);
  if (!standingDangers(file, at, edition).some((danger) => edition.holds[danger.hold].liftedBy === 'resolution'))
    return refused(['WRONG_STATE']);
  return accepted([
    { kind: 'evidence', evidence: { kind: 'discrepancy-resolved', id: command.id, recordedAt: at, grounds: command.grounds } },
  ]);
}

export const SURVEYING: Handlers<Named> = { 'complete-survey': completeSurvey, 'resolve-discrepancy': resolveDiscrepancy };
