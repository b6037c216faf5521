import { unwrap } from '../leaf.js';
import type { WarningCode } from '../reason.js';

/**
 * The facts of a drug's label as far as somebody has written them down, from `programs/<code>/drug.json` and `programs/medicines.json`. They
 * never decide: they give warnings. A value that no source gives is `null`, and then the check that needs it is not made, and says so.
 */
export interface DrugFacts {
  readonly program: string;
  /** SHA-256 of the two documents' canonical forms, hex: a decision keeps them, so that its warnings can be given again. */
  readonly hashes: DrugHashes;
  readonly title: string;
  readonly strengthsMg: readonly number[] | null;
  readonly packages: readonly { readonly strengthMg: number; readonly capsules: readonly number[] }[] | null;
  /** The most that any indication gives on one day. */
  readonly maximumMgPerDay: number | null;
  readonly indications: Readonly<Record<string, Indication>>;
  /** Laboratory work by code, as the indications name it. */
  readonly laboratory: Readonly<Record<string, { readonly title: string }>>;
  readonly interactions: readonly Interaction[];
  /** Whether the list of interactions is the label's whole list: only then is a medicine that it does not name screened. */
  readonly interactionsComplete: boolean | null;
  /** Medicines that weaken hormonal contraception by this jurisdiction's text, besides those that do so everywhere. */
  readonly weakensContraceptionToo: readonly string[] | null;
  readonly reminders: readonly Reminder[];
  readonly formulary: Formulary;
}

export interface DrugHashes {
  readonly facts: string;
  readonly medicines: string;
}

export interface Indication {
  readonly title: string;
  readonly dose: Dose | null;
  readonly renal: readonly RenalBand[] | null;
  /** Phases by laboratory work; null: no schedule is known. */
  readonly laboratory: Readonly<Record<string, readonly LaboratoryPhase[] | null>>;
}

/** So many capsules a day on the first `daysOn` days of each cycle, as a prescription writes it. */
export interface Schedule {
  readonly perDay: number;
  readonly daysOn: number;
  readonly cycleDays: number;
}

export interface Dose {
  readonly mgPerDay: number;
  readonly regimen: Schedule;
  /** What it may be raised to, when it is tolerated. */
  readonly raisedMgPerDay: number | null;
  readonly raisedAfterCycles: number | null;
}

/** A dose for a kidney function: at least `from` and less than `below`, in mL/min of creatinine clearance. */
export interface RenalBand {
  readonly from: number | null;
  readonly below: number;
  /** null: whether or not there is dialysis. */
  readonly dialysis: boolean | null;
  readonly mg: number;
  /** Taken every so many days. */
  readonly everyDays: number;
  readonly raisedMg: number | null;
  readonly raisedAfterCycles: number | null;
}

/** Through that day of therapy (the first is 1; null: from then on), a specimen every so many days. */
export interface LaboratoryPhase {
  readonly throughDay: number | null;
  readonly everyDays: number;
}

export interface Interaction {
  readonly code: WarningCode;
  /** Codes and groups of the formulary. */
  readonly with: readonly string[];
  /** How long after its end the medicine still counts. */
  readonly washoutDays: number | null;
  readonly effect: Said;
  readonly act: Said;
}

/** A sentence as it is shown, with where it comes from. */
export interface Said {
  readonly text: string;
  readonly source: string;
  readonly verified: boolean;
}

/** Advice that goes with every prescription of some categories, or of some indications. */
export interface Reminder {
  readonly id: string;
  /** Category codes of the program; null: everybody. */
  readonly categories: readonly string[] | null;
  /** null: whatever the indication. */
  readonly indications: readonly string[] | null;
  readonly says: Said;
}

/** Medicines that this service can name, whatever the program. */
export interface Formulary {
  readonly medicines: Readonly<Record<string, Medicine>>;
  /** Words of a medicine's name that name no substance: forms, salts, units. */
  readonly formWords: readonly string[];
  readonly hormonalContraception: {
    /** Families of methods that enzyme inducers weaken. */
    readonly families: readonly string[];
    readonly weakenedBy: readonly string[];
    readonly onsetDays: number | null;
    readonly washoutDays: number | null;
    readonly effect: Said;
    readonly act: Said;
  };
}

export interface Medicine {
  readonly names: readonly string[];
  readonly rxnorm: string | null;
  readonly groups: readonly string[];
}

/** A leaf of the document, unopened: its value is a sentence. */
interface WrittenSaid {
  readonly value: string;
  readonly source: string;
  readonly verified: boolean;
}

const said = ({ value, source, verified }: WrittenSaid): Said => Object.freeze({ text: value, source, verified });

interface WrittenFacts {
  readonly interactions: readonly { readonly effect: WrittenSaid; readonly act: WrittenSaid }[];
  readonly reminders: readonly { readonly says: WrittenSaid }[];
}

interface WrittenFormulary {
  readonly hormonalContraception: { readonly effect: WrittenSaid; readonly act: WrittenSaid };
}

/** The facts in two checked documents. Their shape is the business of `drug.schema.json` and `medicines.schema.json`. */
export function drugFrom(facts: object, medicines: object, hashes: DrugHashes): DrugFacts {
  const plain = unwrap(facts) as unknown as Omit<DrugFacts, 'formulary' | 'hashes'>;
  const formulary = unwrap(medicines) as unknown as Formulary;
  const written = facts as WrittenFacts;
  const { hormonalContraception } = medicines as WrittenFormulary;
  return Object.freeze({
    ...plain,
    hashes,
    interactions: plain.interactions.map((each, index) => ({ ...each, ...sentencesAt(written, index) })),
    reminders: plain.reminders.map((each, index) => ({ ...each, says: said(sentence(written.reminders[index]?.says)) })),
    formulary: {
      ...formulary,
      hormonalContraception: {
        ...formulary.hormonalContraception,
        effect: said(hormonalContraception.effect),
        act: said(hormonalContraception.act),
      },
    },
  });
}

function sentencesAt({ interactions }: WrittenFacts, index: number): Pick<Interaction, 'effect' | 'act'> {
  const written = interactions[index];
  return { effect: said(sentence(written?.effect)), act: said(sentence(written?.act)) };
}

function sentence(leaf: WrittenSaid | undefined): WrittenSaid {
  if (leaf === undefined) throw new Error('The facts of a drug lack a sentence that their schema asks for.');
  return leaf;
}
