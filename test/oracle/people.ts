// Who she is by her own answers (rules §1.3), and who may do what.

import { birthdayOf, type Day, lastOfMonth, plusMonths, readDay } from './days.js';
import type { Life } from './life.js';
import type { Potential } from './tables.js';

export interface Judged {
  /** Null while the birth date is not known. */
  readonly potential: Potential | null;
  readonly child: boolean | null;
}

const answered = (value: unknown): boolean => value !== undefined && value !== null;

/** First match wins. */
export function judged(life: Life, on: Day): Judged {
  const { answers, table } = life;
  const birth = answered(answers['birthDate']) ? readDay(answers['birthDate'] as string) : null;
  const child = birth === null ? null : on < birthdayOf(birth, table.adultAt);
  const asked = ['menarche', 'amenorrhea', 'cycle', 'hysterectomy', 'bilateralOophorectomy'];
  const neither = table.answers === 'by-time' ? 'male' : 'cannot';
  if (answers['neverHadUterusOrOvaries'] === true) return { potential: neither, child };
  if (answers['sex'] === 'male' && !asked.some((each) => answered(answers[each]))) return { potential: neither, child };
  if (answers['hysterectomy'] === true || answers['bilateralOophorectomy'] === true) return { potential: 'cannot', child };
  if (child === null) return { potential: null, child };
  if (table.answers === 'by-laboratory') return { potential: byLaboratory(life, on, birth!) ? 'cannot' : 'can', child };
  if (child && table.girlsCannot && answers['menarche'] === false) return { potential: 'cannot', child };
  if (answers['determinedNotFertile'] === true) return { potential: 'cannot', child };
  if (on < birthdayOf(birth!, table.menopause.fromAge)) return { potential: 'can', child };
  const amenorrhea = answers['amenorrhea'] as { since: string; cause: string } | null | undefined;
  if (amenorrhea?.cause === 'natural') {
    const from = amenorrhea.since.length === 7 ? lastOfMonth(amenorrhea.since) : readDay(amenorrhea.since);
    if (plusMonths(from, table.menopause.months) <= on) return { potential: 'cannot', child };
  }
  return { potential: 'can', child };
}

/** Past menopause is shown by a raised FSH from 55, before it by all four results (rules §3.2). */
function byLaboratory({ answers, table }: Life, on: Day, birth: Day): boolean {
  const declared = (answers['declared'] ?? {}) as Record<string, unknown>;
  const all = (...names: string[]): boolean => names.every((each) => declared[each] === true);
  if (on >= birthdayOf(birth, table.menopause.fromAge) && all('postMenopausal', 'elevatedFsh')) return true;
  return all('postMenopausal', 'elevatedFsh', 'hcgNegative', 'lowEstradiol', 'progesteroneAbsent');
}

/** The registered category as her age has turned it by now. */
export function categoryNow(life: Life, on: Day, category: string | null = life.category): string | null {
  const row = category === null ? undefined : life.table.categories[category];
  const { child } = judged(life, on);
  if (!row || child === null || row.age === 'any' || row.age === (child ? 'child' : 'adult')) return category;
  const turned = Object.entries(life.table.categories).find(
    ([, each]) => each.potential === row.potential && each.age === (child ? 'child' : 'adult'),
  );
  return turned ? turned[0] : category;
}

/** Registered as one who cannot, while the answers say she can. */
export function contradicted(life: Life, on: Day, category: string | null = life.category): boolean {
  const registered = category === null ? null : (life.table.categories[category]?.potential ?? null);
  return registered !== null && registered !== 'can' && judged(life, on).potential === 'can';
}
