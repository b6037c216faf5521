// The operations of the service as its own OpenAPI document tells them, with a well-shaped request for each.
import { DEMO_IDS } from '../../src/demo/accounts.js';
import { LINES, PROGRAM } from './world.js';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly example?: unknown;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  /** With its parameters in braces. */
  readonly path: string;
  readonly pathParameters: readonly string[];
  readonly query: readonly { readonly name: string; readonly schema: Schema }[];
  /** It is a command: an Idempotency-Key is asked for. */
  readonly keyed: boolean;
  /** null: it has no body, or an empty one. */
  readonly body: Schema | null;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface OperationObject {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

const VERBS = ['get', 'post', 'put', 'patch', 'delete'];

export class Api {
  readonly operations: readonly Operation[];

  constructor(private readonly document: Document) {
    this.operations = Object.entries(document.paths).flatMap(([path, verbs]) =>
      Object.entries(verbs)
        .filter(([verb]) => VERBS.includes(verb))
        .map(([verb, found]) => {
          const parameters = found.parameters ?? [];
          const body = found.requestBody?.content['application/json']?.schema;
          return {
            id: found.operationId,
            method: verb.toUpperCase(),
            path,
            pathParameters: parameters.filter((each) => each.in === 'path').map((each) => each.name),
            query: parameters.filter((each) => each.in === 'query'),
            keyed: parameters.some((each) => each.in === 'header' && each.name === 'Idempotency-Key'),
            body: body ? this.resolved(body) : null,
          };
        }),
    );
  }

  static async of(url: string): Promise<Api> {
    return new Api((await (await fetch(`${url}/openapi.json`)).json()) as Document);
  }

  operation(id: string): Operation {
    const found = this.operations.find((each) => each.id === id);
    if (!found) throw new Error(`The document has no operation ${id}.`);
    return found;
  }

  /** The schema itself, behind its reference; of several, the first that is more than null. */
  resolved(schema: Schema): Schema {
    if (schema.$ref !== undefined) return this.resolved(this.document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});
    const one = schema.allOf?.[0] ?? schema.anyOf?.find((each) => each.type !== 'null');
    return one ? this.resolved(one) : schema;
  }

  /** May the field be null? */
  nullable(schema: Schema): boolean {
    return (
      schema.type === 'null' ||
      (Array.isArray(schema.type) && schema.type.includes('null')) ||
      (schema.anyOf ?? []).some((each) => each.type === 'null')
    );
  }

  /** A body of the right shape with every field in it, those of `known` as they are there. */
  sample({ id, body }: Operation, known: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    return body === null ? {} : (this.value(body, '', { ...KNOWN, ...OF_OPERATION[id], ...known }) as Record<string, unknown>);
  }

  private value(written: Schema, name: string, known: Readonly<Record<string, unknown>>): unknown {
    if (name in known && known[name] !== LEFT_OUT) return known[name];
    const schema = this.resolved(written);
    const type = Array.isArray(schema.type) ? schema.type.find((each) => each !== 'null') : schema.type;
    if (schema.enum) return schema.enum.find((each) => each !== null);
    if (schema.properties) {
      // What must be there is made up where nothing sensible is known.
      const required = (field: string) => schema.required?.includes(field) === true;
      const members = Object.entries(schema.properties).filter(([field]) => known[field] !== LEFT_OUT || required(field));
      return Object.fromEntries(members.map(([field, member]) => [field, this.value(member, field, known)]));
    }
    switch (type) {
      case 'array':
        return Array.from({ length: Math.max(1, schema.minItems ?? 1) }, (_, index) =>
          numbered(this.value(schema.items ?? {}, '', known), index),
        );
      case 'integer':
      case 'number':
        return Math.max(schema.minimum ?? 1, 1);
      case 'boolean':
        return true;
      default:
        return schema.example ?? (schema.format === 'date' ? '2026-03-09' : 'sample');
    }
  }

  /** Its address with the ids of `known` in it; unknown ones where it names none. */
  address({ path, pathParameters }: Operation, known: Readonly<Record<string, string>> = {}): string {
    // A hash that no edition has: an id in its place would be answered before anything of the body is looked at.
    const nothing = (name: string) => (name === 'hash' ? '0'.repeat(64) : NOBODY);
    return pathParameters.reduce((address, name) => address.replace(`{${name}}`, encodeURIComponent(known[name] ?? nothing(name))), path);
  }
}

/** The id of nothing. */
export const NOBODY = '01900000-0000-7000-8000-00000000ffff';

const LEFT_OUT = Symbol('left out');
const earlier = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

/** What a field of that name holds in a sensible request. */
const KNOWN: Readonly<Record<string, unknown>> = {
  program: PROGRAM,
  lines: LINES,
  supplyDays: 28,
  number: '0000-0000-0000-00',
  siteZone: 'America/New_York',
  category: LEFT_OUT,
  until: LEFT_OUT,
  identity: LEFT_OUT,
  answers: LEFT_OUT,
  notTheSamePersonAs: LEFT_OUT,
  takesUp: LEFT_OUT,
  actsFor: LEFT_OUT,
  chain: LEFT_OUT,
  after: LEFT_OUT,
  cursor: LEFT_OUT,
  person: DEMO_IDS.pharmacist,
  patientId: NOBODY,
  toSiteId: DEMO_IDS.site2,
  to: DEMO_IDS.prescriber2,
  owner: DEMO_IDS.administrator,
  on: earlier(1).slice(0, 10),
  signedAt: earlier(1),
  collectedAt: earlier(1),
  handedOverAt: earlier(0.01),
};

/** A FHIR bundle that says one medicine is taken. */
const bundleOf = (text: string) => ({
  resourceType: 'Bundle',
  entry: [
    {
      resource: {
        resourceType: 'MedicationStatement',
        status: 'active',
        subject: { reference: 'Patient/1' },
        medicationCodeableConcept: { text },
      },
    },
  ],
});

/** The same name means another thing here. */
const OF_OPERATION: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  recordContraception: { method: 'male-condom', from: '2026-01-01' },
  declareAbstinence: { from: '2026-01-01', never: LEFT_OUT },
  stateContraindication: { of: ['hormonal-estrogen'] },
  recordPregnancyTest: { method: 'urine', setting: 'clinical', value: LEFT_OUT, sensitivity: 25 },
  correctPregnancyTest: { method: 'urine', setting: 'clinical', value: LEFT_OUT, sensitivity: 25 },
  reportMethodFailure: { method: 'male-condom' },
  reportMyMethodFailure: { method: 'male-condom' },
  deskReportMethodFailure: { method: 'male-condom' },
  dispense: {
    lines: LINES.map(({ strengthMg, capsules }) => ({ strengthMg, capsules, ndc: '59572-0425-21', lot: 'A1234' })),
    handedOverAt: LEFT_OUT,
  },
  reportHandOver: { lines: LINES.map(({ strengthMg, capsules }) => ({ strengthMg, capsules, ndc: '59572-0425-21', lot: 'A1234' })) },
  setAccommodation: { kind: 'home-tests', from: earlier(1) },
  requestException: { kind: 'lost-capsules' },
  importMedications: { bundle: bundleOf('aspirin') },
  importMedicationsAtSite: { bundle: bundleOf('aspirin') },
  stateIndication: { indication: 'mm-combination' },
  recordLaboratoryWork: { what: 'blood-count' },
  searchEntries: { from: earlier(1), patient: NOBODY, authorization: NOBODY, organization: NOBODY },
};

/** Entries of one list have to differ. */
function numbered(value: unknown, index: number): unknown {
  if (index === 0 || typeof value !== 'string') return value;
  return `${value.slice(0, -1)}${(Number.parseInt(value.slice(-1), 36) + index) % 10}`;
}
