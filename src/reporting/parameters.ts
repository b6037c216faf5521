/** One number or list of an edition, with where it comes from. */
export interface Parameter {
  /** Its place in the edition's document. */
  readonly path: string;
  readonly value: unknown;
  readonly source: string;
  /** Whether the source itself was read; otherwise it is reported by others, or our reading. */
  readonly verified: boolean;
  readonly reading: string | null;
}

/** What of an edition each requirement is judged by; `*` stands for the category that governs. */
const JUDGED_BY: Readonly<Record<string, readonly string[]>> = {
  'enrollment-current': ['/therapy/reenrollAfterMonths'],
  'category-known': ['/adulthoodAge', '/categories/*/reproductivePotential'],
  agreement: ['/agreement', '/categories/*/signers'],
  counseling: ['/categories/*/counseling'],
  contraception: [
    '/categories/*/contraception',
    '/contraception/methodsNeeded',
    '/contraception/highlyEffectiveNeeded',
    '/contraception/lead',
    '/contraception/exceptionFamilies',
  ],
  'contraception-confirmed': ['/categories/*/contraception', '/contraception/confirmationDays'],
  tests: [
    '/categories/*/tests',
    '/tests/places',
    '/tests/onTherapy',
    '/tests/missedFirstWindow',
    '/tests/maxSensitivity',
    '/tests/signedSources',
  ],
  danger: ['/holds', '/clearing', '/categories/*/reportsHold'],
  survey: ['/categories/*/survey'],
  'survey-discrepancy': ['/holds/survey-discrepancy'],
  'partner-counseled': [],
  prescription: ['/prescription/maxSupplyDays', '/categories/*/maxSupplyDays', '/prescription/strengthsMg'],
  window: ['/categories/*/window', '/authorization/confirmationHours', '/authorization/preparationDays'],
  'reservation-free': ['/authorization/confirmationHours'],
  'reservation-held': ['/authorization/confirmationHours'],
  'ship-same-day': ['/categories/*/shipSameDay'],
  'days-left': ['/authorization/maxDaysLeft'],
  quantity: ['/prescription/maxSupplyDays', '/categories/*/maxSupplyDays'],
  checklist: ['/authorization/checklist'],
  'medication-guide': ['/authorization/medicationGuide'],
};

/** The edition's own words beside a requirement: every value it is judged by, with its source. */
export function parametersOf(requirement: string, category: string | null, document: object): Parameter[] {
  const places = JUDGED_BY[requirement] ?? [];
  return places.flatMap((place) => {
    const path = place.replace('/*', `/${category ?? '*'}`);
    return leaves(nodeAt(document, path), path);
  });
}

function nodeAt(document: object, path: string): unknown {
  let node: unknown = document;
  for (const step of path.split('/').slice(1)) node = isRecord(node) ? node[step] : undefined;
  return node;
}

function leaves(node: unknown, path: string): Parameter[] {
  if (Array.isArray(node)) return node.flatMap((child: unknown, index) => leaves(child, `${path}/${index}`));
  if (!isRecord(node)) return [];
  if ('value' in node && typeof node['source'] === 'string') {
    const { value, source, verified, reading } = node;
    return [{ path, value, source, verified: verified === true, reading: typeof reading === 'string' ? reading : null }];
  }
  return Object.entries(node).flatMap(([step, child]) => leaves(child, `${path}/${step}`));
}

const isRecord = (node: unknown): node is Record<string, unknown> => typeof node === 'object' && node !== null && !Array.isArray(node);
