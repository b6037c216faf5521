import type { Identity, Role } from '../auth/principal.js';

/**
 * The people of the demo. All invented. Their ids are fixed, so that the seed, the tests and the sign-in page speak of the same ones:
 * the seed creates participants and patients under exactly these ids.
 */
const id = (last: string) => `01900000-0000-7000-8000-${last.padStart(12, '0')}`;

export const DEMO_IDS = {
  prescriber: id('101'),
  prescriber2: id('102'),
  delegate: id('111'),
  /** One chain with two sites, and an independent pharmacy. */
  chain: id('200'),
  site: id('201'),
  site2: id('202'),
  site3: id('203'),
  pharmacist: id('211'),
  pharmacist2: id('212'),
  pharmacist3: id('213'),
  representative: id('221'),
  administrator: id('301'),
  administrator2: id('302'),
  auditor: id('311'),
  auditor2: id('312'),
  steward: id('321'),
  steward2: id('322'),
  programAgent: id('331'),
  patient: id('401'),
  patient2: id('402'),
  patient3: id('403'),
  ward: id('404'),
} as const;

export interface DemoAccount extends Partial<Readonly<Record<Identity, string>>> {
  /** What `rems token --as` takes; the first account of a role is called like the role. */
  readonly key: string;
  readonly name: string;
  /** A line for the sign-in page. */
  readonly says: string;
  readonly role: Role;
  /** The issuer's id of the account; not the id of a participant or patient. */
  readonly subject: string;
}

const account = (key: string, role: Role, name: string, says: string, identity: Partial<Record<Identity, string>>): DemoAccount => ({
  key,
  role,
  name,
  says,
  subject: `demo:${key}`,
  ...identity,
});

const D = DEMO_IDS;

export const DEMO_ACCOUNTS: readonly DemoAccount[] = [
  account('prescriber', 'prescriber', 'Dr. Miriam Lee', 'hematologist with most of the patients', { participantId: D.prescriber }),
  account('prescriber-2', 'prescriber', 'Dr. Tomas Arriaga', 'hematologist at another practice', { participantId: D.prescriber2 }),
  account('delegate', 'delegate', 'Ana Petrov, RN', 'prepares for Dr. Lee, signs nothing', { participantId: D.delegate }),
  account('pharmacist', 'pharmacist', 'Joon Park, PharmD', 'Harbor Pharmacy, Dock Street', {
    siteId: D.site,
    personId: D.pharmacist,
    chainId: D.chain,
  }),
  account('pharmacist-2', 'pharmacist', 'Sadia Rahman, PharmD', 'Harbor Pharmacy, Mill Road', {
    siteId: D.site2,
    personId: D.pharmacist2,
    chainId: D.chain,
  }),
  account('pharmacist-3', 'pharmacist', 'Ola Nilsen, PharmD', 'Linden Pharmacy, independent', { siteId: D.site3, personId: D.pharmacist3 }),
  account('pharmacy-representative', 'pharmacy-representative', 'Carla Mendes', 'authorized representative of Harbor, Dock Street', {
    siteId: D.site,
    personId: D.representative,
    chainId: D.chain,
  }),
  account('administrator', 'administrator', 'Priya Nair', 'program administrator', { participantId: D.administrator }),
  account('administrator-2', 'administrator', 'George Okafor', 'the second person for exceptions', { participantId: D.administrator2 }),
  account('auditor', 'auditor', 'Ines Fontaine', 'auditor', { participantId: D.auditor }),
  account('auditor-2', 'auditor', 'Walter Brandt', 'the auditor who closes findings of the first', { participantId: D.auditor2 }),
  account('steward', 'steward', 'Noor Haddad', 'keeps the program’s rules', { participantId: D.steward }),
  account('steward-2', 'steward', 'Emil Sato', 'the second person who approves an edition', { participantId: D.steward2 }),
  account('program-agent', 'program-agent', 'Luis Campos', 'phone desk: writes down what patients answer', {
    participantId: D.programAgent,
  }),
  account('patient', 'patient', 'Grace Adeyemi', 'patient who can become pregnant', { patientId: D.patient }),
  account('patient-2', 'patient', 'Victor Hale', 'male patient', { patientId: D.patient2 }),
  account('patient-3', 'patient', 'Ruth Kessler', 'patient past menopause', { patientId: D.patient3 }),
  account('patient-4', 'patient', 'Maya Lindqvist', 'patient aged 14', { patientId: D.ward }),
  account('guardian', 'guardian', 'Helen Lindqvist', 'Maya’s mother', { onBehalfOf: D.ward }),
];

/** The account of a key such as `pharmacist` or `pharmacist-2`; throws a sentence that lists the keys. */
export function demoAccount(key: string): DemoAccount {
  const found = DEMO_ACCOUNTS.find((each) => each.key === key);
  if (!found) throw new Error(`There is no demo account “${key}”. There are: ${DEMO_ACCOUNTS.map((each) => each.key).join(', ')}.`);
  return found;
}

export function demoAccountOfSubject(subject: string): DemoAccount | null {
  return DEMO_ACCOUNTS.find((each) => each.subject === subject) ?? null;
}
