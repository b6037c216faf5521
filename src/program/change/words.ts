/** Values of an edition as a clinician reads them. */

export type Unit = 'day' | 'hour' | 'month' | 'minute' | 'mIU/mL' | 'year' | 'mg' | 'method' | 'test' | 'interval' | null;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const counted = (count: number, unit: Unit): string => {
  if (unit === null) return String(count);
  if (unit === 'mIU/mL' || unit === 'mg') return `${count} ${unit}`;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
};

/** A code as words: its dashes are spaces. */
export const spelled = (code: string): string => code.replaceAll('-', ' ');

export function inWords(value: unknown, unit: Unit = null): string {
  if (value === null || value === undefined) return 'not known';
  if (value === true) return 'yes';
  if (value === false) return 'no';
  if (value === 'none') return 'not asked';
  if (typeof value === 'number') return counted(value, unit);
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value)) return value.replace('T', ' ').replace(/(:\d{2}):00$/, '$1');
  if (typeof value === 'string') return /^[a-z0-9-]+$/.test(value) && !/^\d{4}-/.test(value) ? spelled(value) : value;
  if (Array.isArray(value)) return value.length === 0 ? 'nothing' : value.map((each) => inWords(each, unit)).join(', ');
  if (!isRecord(value)) return String(value);
  if (typeof value['days'] === 'number') return counted(value['days'], 'day');
  if (typeof value['months'] === 'number') return counted(value['months'], 'month');
  if (Object.keys(value).length === 0) return 'nothing';
  return Object.entries(value)
    .map(([key, each]) => `${spelled(key)}: ${inWords(each, unit)}`)
    .join(', ');
}

const ANSWERS: Readonly<Record<string, string>> = {
  sex: 'sex',
  menarche: 'first period has come',
  amenorrhea: 'periods have stopped',
  hysterectomy: 'uterus removed',
  bilateralOophorectomy: 'both ovaries removed',
  cycle: 'cycle',
  neverHadUterusOrOvaries: 'never had uterus or ovaries',
  determinedNotFertile: 'determined not to be fertile',
};
const answerWords = (name: unknown): string => ANSWERS[String(name)] ?? spelled(String(name));

/** The condition of a category rule. */
export function conditionInWords(when: unknown): string {
  if (!isRecord(when)) return 'no condition';
  const several = (list: unknown, joint: string): string =>
    (Array.isArray(list) ? list : []).map(conditionInWords).join(` ${joint} `) || 'no condition';
  if ('all' in when) return several(when['all'], 'and');
  if ('any' in when) return `(${several(when['any'], 'or')})`;
  if ('always' in when) return 'everybody else';
  if ('answer' in when) return `${answerWords(when['answer'])}: ${inWords(when['is'])}`;
  if ('unanswered' in when) return `no answer to ${(when['unanswered'] as unknown[]).map(answerWords).join(', ')}`;
  if ('youngerThan' in when) return `younger than ${inWords(when['youngerThan'], 'year')}`;
  if ('notYoungerThan' in when) return `${inWords(when['notYoungerThan'], 'year')} or older`;
  if ('amenorrheaMonths' in when) return `no period for ${inWords(when['amenorrheaMonths'], 'month')} (${inWords(when['cause'])})`;
  if ('declared' in when) {
    const name = answerWords(when['declared']);
    if ('is' in when) return `${name}: ${inWords(when['is'])}`;
    return 'lessThan' in when ? `${name} below ${inWords(when['lessThan'])}` : `${name} ${inWords(when['notLessThan'])} or more`;
  }
  return inWords(when);
}
