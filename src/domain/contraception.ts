import { addDays, endOfDateOrMonth, type LocalDate, spanBefore } from './calendar.js';
import { type Case, evidenceOf } from './patient.js';
import type { ContraceptionRules, Edition } from './program.js';
import type { ReasonCode, WarningCode } from './reason.js';

/** Whether contraception, or abstinence, is what the edition asks, on a day and over a stretch of days. */

interface Period {
  readonly from: LocalDate;
  readonly until: LocalDate | null;
}

interface Method extends Period {
  readonly method: string;
  /** Whether a prescriber recorded it as it stands. */
  readonly confirmed: boolean;
}

interface ContraceptionFile {
  readonly methods: readonly Method[];
  readonly abstinence: readonly Period[];
  readonly contraindicated: ReadonlySet<string>;
}

const covers = (period: Period, on: LocalDate): boolean => period.from <= on && (period.until === null || on <= period.until);

/** The record as it stands: a later statement about the same method and beginning replaces the earlier one. */
export function contraceptionFile(file: Case): ContraceptionFile {
  const methods = new Map<string, Method>();
  for (const fact of evidenceOf(file, 'contraception')) {
    methods.set(`${fact.method} ${fact.from}`, {
      method: fact.method,
      from: endOfDateOrMonth(fact.from),
      until: fact.until,
      confirmed: fact.confirmedBy !== undefined,
    });
  }
  const abstinence = new Map<string, Period>();
  for (const fact of evidenceOf(file, 'abstinence')) {
    const from = fact.never ? '0000-01-01' : fact.from === null ? null : endOfDateOrMonth(fact.from);
    if (from !== null) abstinence.set(from, { from, until: fact.until });
  }
  return {
    methods: [...methods.values()],
    abstinence: [...abstinence.values()],
    contraindicated: new Set(evidenceOf(file, 'contraindication').map((fact) => fact.of)),
  };
}

/** What is missing on that one day; null when nothing is. */
function missingOn(record: ContraceptionFile, on: LocalDate, rules: ContraceptionRules): ReasonCode | null {
  if (rules.methodsNeeded === null || rules.highlyEffectiveNeeded === null) return 'RULE_MISSING';
  if (record.abstinence.some((period) => covers(period, on))) return null;
  const inUse = new Set(record.methods.filter((each) => covers(each, on)).map((each) => each.method));
  let accepted = 0;
  let highlyEffective = 0;
  const families = new Set(record.contraindicated);
  for (const code of inUse) {
    const method = rules.methods[code];
    if (!method || method.tier === 'not-accepted') continue;
    accepted += 1;
    if (method.tier === 'highly-effective') highlyEffective += 1;
    if (method.family !== null) families.add(method.family);
  }
  if (accepted < rules.methodsNeeded)
    return inUse.size >= rules.methodsNeeded ? 'CONTRACEPTION_METHOD_NOT_ACCEPTED' : 'CONTRACEPTION_TOO_FEW_METHODS';
  if (highlyEffective >= rules.highlyEffectiveNeeded) return null;
  if (typeof rules.standIn === 'number' && accepted >= rules.standIn) return null;
  if (rules.standIn === null) return 'RULE_MISSING';
  const exception = rules.exceptionFamilies.length > 0 && rules.exceptionFamilies.every((family) => families.has(family));
  return exception ? null : 'CONTRACEPTION_NO_HIGHLY_EFFECTIVE';
}

/** Whether every day from `from` to `to` is covered, both included. What is in use changes only where a period begins or has ended. */
export function unbroken(file: Case, from: LocalDate, to: LocalDate, edition: Edition): boolean {
  if (from > to) return true;
  const record = contraceptionFile(file);
  const days = new Set<LocalDate>([from]);
  for (const period of [...record.methods, ...record.abstinence]) {
    if (period.from > from && period.from <= to) days.add(period.from);
    const after = period.until === null ? null : addDays(period.until, 1);
    if (after !== null && after > from && after <= to) days.add(after);
  }
  for (const day of days) if (missingOn(record, day, edition.contraception) !== null) return false;
  return true;
}

/** The one contraception reason on that day; the lead asks for a covered stretch before it as well. */
export function contraceptionReason(file: Case, on: LocalDate, leadAsked: boolean, edition: Edition): ReasonCode | null {
  const today = missingOn(contraceptionFile(file), on, edition.contraception);
  if (today !== null || !leadAsked) return today;
  const { lead } = edition.contraception;
  if (lead === null) return 'RULE_MISSING';
  return lead === 'none' || unbroken(file, spanBefore(on, lead), on, edition) ? null : 'CONTRACEPTION_TOO_RECENT';
}

/** Whether abstinence held on every day up to `on` since before `since`. */
export const abstinentSinceBefore = (file: Case, since: LocalDate, on: LocalDate): boolean =>
  contraceptionFile(file).abstinence.some((period) => period.from < since && covers(period, on));

/** Whether a method in use on that day spares her the pregnancy tests: one that a prescriber has confirmed, never her own word alone (rules §5.1). */
export const waivesTests = (file: Case, on: LocalDate, edition: Edition): boolean =>
  contraceptionFile(file).methods.some(
    (each) => each.confirmed && covers(each, on) && edition.contraception.methods[each.method]?.waivesTests === true,
  );

/** Clinical warnings that belong to the methods in use on that day. */
export function methodWarnings(file: Case, on: LocalDate, edition: Edition): WarningCode[] {
  const inUse = contraceptionFile(file).methods.filter((each) => covers(each, on));
  return [...new Set(inUse.map((each) => edition.contraception.methods[each.method]?.warning ?? null).filter((code) => code !== null))];
}
