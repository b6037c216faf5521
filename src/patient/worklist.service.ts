import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../auth/principal.js';
import { mayTouch } from '../authorization/access.js';
import { DESK_PHONE, POOLS } from '../authorization/authorization.tokens.js';
import { type CaseOfPractice, CaseStore } from '../authorization/case.store.js';
import { Indeterminate } from '../authorization/outcome.errors.js';
import { said } from '../authorization/view.js';
import type { Pools } from '../database/pools.js';
import { type Outlook, outlook, TURNS } from '../domain/outlook.js';
import type { Edition } from '../domain/program.js';
import { fieldsInvalid } from '../http/problem.js';
import { EditionCatalogue } from '../program/edition.catalogue.js';
import { asDecided } from '../program/edition.choice.js';
import { reasonViews, whenView } from './in-words.js';
import type { WorklistPage, WorklistQuery, WorklistRow } from './worklist.view.js';

/** A practice has fewer; the bound keeps one question from occupying the service. */
const MAX_PATIENTS = 1_000;
const PAGE = 50;

interface Line {
  readonly each: CaseOfPractice;
  readonly ahead: Outlook;
  readonly place: Place;
}

/** Where a line stands in the order: the running-out group, the last moment to act, then the record's id. */
type Place = readonly [group: 0 | 1, closesAt: number, patient: string];

/**
 * The practice's list, by the last moment to act. What is missing hangs on the clock and on whole cases, so all of the practice's are read, in
 * one round trip, judged, ordered, and cut into pages here.
 */
@Injectable()
export class WorklistService {
  constructor(
    @Inject(CaseStore) private readonly cases: CaseStore,
    @Inject(EditionCatalogue) private readonly catalogue: EditionCatalogue,
    @Inject(POOLS) private readonly pools: Pools,
    @Inject(DESK_PHONE) private readonly deskPhone: string,
  ) {}

  async page(principal: Principal, { program, turn, limit = PAGE, cursor }: WorklistQuery): Promise<WorklistPage> {
    const after = cursor === undefined ? null : placeIn(cursor);
    const found = await this.cases.loadPractice(this.pools.rest, principal.participantId ?? '', program, MAX_PATIENTS + 1);
    const own = found.slice(0, MAX_PATIENTS).filter(({ loaded }) => mayTouch(principal, 'worklist', loaded));
    const at = own[0]?.loaded.at ?? (await this.cases.loadParticipants(this.pools.rest, [], '', '')).at;
    const edition = this.editionOf(program, at);
    const all = own.map((each) => lineOf(each, edition, this.catalogue)).sort((a, b) => compared(a.place, b.place));
    const asked = all.filter(
      ({ ahead, place }) => (turn === undefined || ahead.turn === turn) && (after === null || compared(place, after) > 0),
    );
    const shown = asked.slice(0, limit);
    const last = shown.at(-1);
    return {
      asOf: said(at, edition.zone) ?? '',
      patients: shown.map((line) => rowOf(line, edition, this.deskPhone)),
      turns: Object.fromEntries(TURNS.map((each) => [each, all.filter(({ ahead }) => ahead.turn === each).length])),
      next: last !== undefined && asked.length > limit ? cursorOf(last.place) : null,
      complete: found.length <= MAX_PATIENTS,
    };
  }

  private editionOf(program: string, at: number): Edition {
    const edition = this.catalogue.inForce(program, at);
    if (edition !== undefined) return edition;
    if (!this.catalogue.programs().includes(program))
      throw fieldsInvalid([{ pointer: '/program', message: 'There is no such program here.' }]);
    throw new Indeterminate('edition-missing');
  }
}

function lineOf(each: CaseOfPractice, edition: Edition, catalogue: EditionCatalogue): Line {
  const { file, at } = each.loaded;
  const ahead = outlook(asDecided(file, edition, at, catalogue), at, edition);
  return { each, ahead, place: [ahead.runningOut ? 0 : 1, ahead.closesAt ?? Number.MAX_SAFE_INTEGER, each.loaded.file.patient] };
}

function rowOf({ each, ahead }: Line, edition: Edition, deskPhone: string): WorklistRow {
  const { loaded, givenName, familyName } = each;
  return {
    patientId: loaded.file.patient,
    name: `${initials(givenName)} ${familyName}`.trim(),
    authorizationId: ahead.authorization?.id ?? null,
    state: ahead.standing,
    missing: reasonViews(ahead.missing, { loaded, edition, deskPhone }),
    turn: ahead.turn,
    closes: whenView(ahead.closesAt, edition.zone),
    runningOut: ahead.runningOut,
    daysLeft: ahead.daysLeft,
    nextTestBy: ahead.nextTestBy,
  };
}

const initials = (givenName: string): string =>
  givenName
    .split(/[\s-]+/)
    .flatMap((part) => [...part].slice(0, 1))
    .map((letter) => `${letter.toUpperCase()}.`)
    .join(' ');

function compared(a: Place, b: Place): number {
  if (a[0] !== b[0]) return a[0] - b[0];
  if (a[1] !== b[1]) return a[1] - b[1];
  return a[2] < b[2] ? -1 : a[2] > b[2] ? 1 : 0;
}

const cursorOf = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

function placeIn(cursor: string): Place {
  try {
    const [group, closesAt, patient] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    if ((group === 0 || group === 1) && typeof closesAt === 'number' && typeof patient === 'string') return [group, closesAt, patient];
  } catch {
    // Answered below, as any other text that is no cursor of ours.
  }
  throw fieldsInvalid([{ pointer: '/cursor', message: 'Send `next` of the page before, unchanged, or leave it out.' }]);
}
