import type { Command } from '../domain/authorization/command.js';
import { dateAt } from '../domain/calendar.js';
import { governing } from '../domain/category.js';
import { notAsked, SURVEY_ANSWERS, surveyOf, unanswered } from '../domain/survey.js';
import { ChoiceField, CodeField, ObjectListField } from '../http/fields.js';
import { fieldsInvalid } from '../http/problem.js';
import { AtDesk, OwnRequest } from '../speaker/identity.dto.js';
import type { Base, Given } from '../speaker/patient.commands.js';

export class SurveyAnswerRequest {
  @CodeField(60, { description: 'The question, by its code' })
  question!: string;
  @ChoiceField(SURVEY_ANSWERS, { description: '`not-sure` and `talk` (I prefer to talk to somebody) count as neither yes nor no' })
  answer!: string;
}

export class SurveyRequest extends OwnRequest {
  @ObjectListField(() => SurveyAnswerRequest, { min: 1, max: 50, description: 'Every question, once' })
  answers!: SurveyAnswerRequest[];

  toCommand(base: Base, { loaded, edition }: Given): Command {
    const given = Object.fromEntries(this.answers.map(({ question, answer }) => [question, answer]));
    const asked = surveyOf(governing({ file: loaded.file, on: dateAt(loaded.at, edition.zone), edition })?.code ?? null, edition);
    // Who may not answer is refused by the decision, and learns nothing of the questions on the way.
    if (asked?.questionnaire.answeredBy.includes(base.by.role === 'guardian' ? 'guardian' : 'patient')) {
      const strange = notAsked(asked.questionnaire, given);
      const missing = unanswered(asked.questionnaire, given);
      const errors = this.answers.flatMap(({ question }, index) =>
        strange.includes(question) || this.answers.findIndex((other) => other.question === question) !== index
          ? [{ pointer: `/answers/${index}/question`, message: 'Give each of the survey’s questions once, and no other.' }]
          : [],
      );
      if (missing.length > 0) errors.push({ pointer: '/answers', message: `Answer these questions too: ${missing.join(', ')}.` });
      if (errors.length > 0) throw fieldsInvalid(errors);
    }
    return { ...base, do: 'complete-survey', answers: given };
  }
}

export class DeskSurveyRequest extends AtDesk(SurveyRequest) {}
