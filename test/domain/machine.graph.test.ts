import { describe, expect, test } from '@jest/globals';
import { getAdjacencyMap, getShortestPaths } from 'xstate/graph';
import { effectiveState } from '../../src/domain/authorization/deadline.js';
import { COMMAND_NAMES, decide } from '../../src/domain/authorization/decide.js';
import { apply } from '../../src/domain/authorization/effect.js';
import { type MachineEvent, machineV1 } from '../../src/domain/authorization/machine.v1.js';
import { judgementOf } from '../../src/domain/authorization/prescribing.js';
import { CURRENT_MACHINE_VERSION, nextState } from '../../src/domain/authorization/versions.js';
import { dateAt, MINUTE_MS } from '../../src/domain/calendar.js';
import type { Judgement } from '../../src/domain/judgement.js';
import type { AuthorizationState } from '../../src/domain/patient.js';
import { commands, EDITION, EVERY_COMMAND, fixture, SCENES } from '../support/cases.js';

// The chart by itself, every event tried with judgements of every kind, and every command in every state. What the facts and the clock
// make of it is explored in product.graph.test.ts.

const STATES = Object.keys(machineV1.config.states ?? {}) as AuthorizationState[];
const FINAL: readonly AuthorizationState[] = ['returned', 'expired', 'cancelled', 'superseded', 'revoked'];

/** The judgement of a scene, as the named command's handler makes it. */
function judgementIn(state: string, words: { do: string } & Record<string, unknown>, handover: Judgement['handover'] = null): Judgement {
  const scene = SCENES.find((each) => each.id === state);
  if (!scene) throw new Error(`No scene for ${state}.`);
  const [command] = commands(words, scene.at, scene.file);
  const authorization = scene.file.authorizations.find((each) => each.id === 'rx-1');
  if (!command || !authorization) throw new Error('The scene has no such authorization.');
  const situation = { file: scene.file, command, edition: EDITION, at: scene.at, on: dateAt(scene.at, EDITION.zone) };
  return { ...judgementOf(situation as Parameters<typeof judgementOf>[0], authorization), handover };
}

const HANDED = { ship: false, siteZone: EDITION.zone, handedOverAt: 0, checklist: true, medicationGuide: true };
/** Judgements that between them meet and miss every guard. */
const JUDGEMENTS: Record<string, Judgement> = {
  'nothing done': judgementIn('counseling', { do: 'issue-authorization' }),
  'confirmed, no test': judgementIn('pregnancyTest', { do: 'issue-authorization' }),
  'all evidence': judgementIn('ready', { do: 'issue-authorization' }),
  'at the counter, free': judgementIn('authorized', { do: 'reserve' }, HANDED),
  'at the counter, held': judgementIn('reserved', { do: 'dispense' }, HANDED),
  'after danger': judgementIn('revoked', { do: 'reserve' }, HANDED),
};
const JUDGED = [
  'certify-counseling',
  'confirm-contraception',
  'evidence-recorded',
  'issue-authorization',
  'reserve',
  'transfer-reservation',
  'release',
  'dispense',
] as const;
const PLAIN = ['report-dispense', 'return', 'cancel-authorization', 'supersede', 'revoke', 'lapse', 'expire'] as const;
const EVENTS: MachineEvent[] = [
  ...PLAIN.map((type) => ({ type })),
  ...JUDGED.flatMap((type) => Object.values(JUDGEMENTS).map((judgement) => ({ type, judgement }))),
];
const nameOf = (event: MachineEvent): string =>
  'judgement' in event ? `${event.type}: ${Object.keys(JUDGEMENTS).find((name) => JUDGEMENTS[name] === event.judgement)}` : event.type;
const options = {
  events: EVENTS,
  serializeState: (snapshot: { value: unknown }) => String(snapshot.value),
  serializeEvent: nameOf,
};

/** Every arrow the chart can take: from, event with the kind of judgement, to. */
function arrows(): { from: string; event: MachineEvent['type']; judged: string; to: string }[] {
  return Object.entries(getAdjacencyMap(machineV1, options)).flatMap(([from, { transitions }]) =>
    Object.entries(transitions as Record<string, { state: { value: unknown }; event: MachineEvent }>).flatMap(([name, { state, event }]) =>
      // The graph shows a refused event as an arrow to where it came from; the machine is asked which of these it really takes.
      nextState(1, from as AuthorizationState, event) === null ? [] : [{ from, event: event.type, judged: name, to: String(state.value) }],
    ),
  );
}

describe('the chart of machine version 1', () => {
  const all = arrows();
  const into = (state: string) =>
    [...new Set(all.filter((each) => each.to === state && each.from !== state).map((each) => `${each.from} ${each.event}`))].sort();

  test('reaches every state from the first', () => {
    const reached = getShortestPaths(machineV1, options).map((path) => String(path.state.value));
    expect([...new Set(reached)].sort()).toEqual([...STATES].sort());
  });

  test('I1, I2: hands over only from a reservation, all other roads to dispensed are reports of what happened', () => {
    expect(into('dispensed').filter((each) => !each.endsWith('report-dispense'))).toEqual(['reserved dispense']);
    expect(all.filter((each) => each.event === 'dispense').map((each) => each.judged)).toEqual(['dispense: at the counter, held']);
  });

  test('I3: gives a number only by an issue that all evidence stands behind', () => {
    expect(into('authorized')).toEqual([
      'pregnancyTest issue-authorization',
      'ready issue-authorization',
      'reserved lapse',
      'reserved release',
    ]);
    expect(new Set(all.filter((each) => each.event === 'issue-authorization').map((each) => each.judged))).toEqual(
      new Set(['issue-authorization: all evidence']),
    );
  });

  test('reserves only what is authorized, and never after danger', () => {
    expect(into('reserved')).toEqual(['authorized reserve']);
    expect(all.filter((each) => each.judged === 'reserve: after danger')).toEqual([]);
  });

  test('I10: leads nowhere from an end, and from dispensed only to returned', () => {
    expect(all.filter((each) => FINAL.includes(each.from as AuthorizationState))).toEqual([]);
    expect(all.filter((each) => each.from === 'dispensed' && each.to !== 'dispensed').map((each) => each.to)).toEqual(['returned']);
  });

  test('I5, I25: revokes, cancels and expires from every open state', () => {
    const open = STATES.filter((state) => !FINAL.includes(state) && state !== 'dispensed').sort();
    for (const [event, to] of [
      ['revoke', 'revoked'],
      ['expire', 'expired'],
      ['cancel-authorization', 'cancelled'],
    ] as const)
      expect([
        event,
        all
          .filter((each) => each.event === event && each.to === to)
          .map((each) => each.from)
          .sort(),
      ]).toEqual([event, open]);
  });

  test('never goes back to a step before: no arrow leads to counseling, and none from a number to a draft', () => {
    const order: Record<string, number> = { counseling: 0, contraception: 1, pregnancyTest: 2, ready: 3 };
    const back = all.filter((each) => each.to in order && (order[each.from] ?? 9) > (order[each.to] ?? 9));
    expect(back).toEqual([]);
  });

  test('I6: lets a guard that throws be heard, so that the answer is indeterminate and never a refusal', () => {
    const broken = new Proxy(JUDGEMENTS['all evidence'] as Judgement, {
      get() {
        throw new Error('the facts cannot be read');
      },
    });
    const guarded = all.filter((each) => each.judged.includes(':'));
    for (const { from, event } of guarded) {
      const asks = JSON.stringify(machineV1.config.states?.[from as 'ready']?.on?.[event as 'issue-authorization']).includes('guard');
      if (asks) expect(() => nextState(1, from as AuthorizationState, { type: event, judgement: broken } as MachineEvent)).toThrow();
    }
    expect(guarded.length).toBeGreaterThan(20);
  });

  test('asks nothing of XState that only a running actor does: no invoke, after, always, history, wildcard or action', () => {
    const text = JSON.stringify(machineV1.config);
    for (const word of ['invoke', 'after', 'always', 'history', '"*"', 'actions', 'entry', 'exit'])
      expect([word, text.includes(word)]).toEqual([word, false]);
  });
});

type Drawn = string | { readonly target: string; readonly guard?: string };
/** The arrows as drawn, in the order in which their guards are asked. */
function drawn(): string[] {
  const states = machineV1.config.states as unknown as Record<string, { on?: Record<string, Drawn | readonly Drawn[]> }>;
  return Object.entries(states).flatMap(([from, { on = {} }]) =>
    Object.entries(on).flatMap(([event, targets]) =>
      ([targets].flat() as Drawn[]).map((each) => {
        const { target, guard } = typeof each === 'string' ? { target: each, guard: undefined } : each;
        return `${from} --${event}${guard ? ` [${guard}]` : ''}--> ${target}`;
      }),
    ),
  );
}

interface Golden {
  readonly states: Record<string, { machineVersion: number; state: AuthorizationState; context: object }>;
  readonly arrows: string[];
}

describe('rows of machine version 1', () => {
  const golden = fixture('machine/v1.json') as Golden;

  test('restore for ever, whatever the current version is', () => {
    expect(Object.keys(golden.states).sort()).toEqual([...STATES].sort());
    for (const { machineVersion, state, context } of Object.values(golden.states)) {
      const snapshot = machineV1.resolveState({ value: state, context });
      expect([machineVersion, snapshot.value, snapshot.context]).toEqual([1, state, context]);
      expect(snapshot.status).toBe(FINAL.includes(state) ? 'done' : 'active');
    }
  });

  test('live on by the arrows the version was released with', () => {
    expect(drawn()).toEqual(golden.arrows);
  });

  test('of a state or a version that nobody knows throw, and are not taken for a refusal', () => {
    expect(() => nextState(1, 'approved' as AuthorizationState, { type: 'revoke' })).toThrow();
    expect(() => nextState(CURRENT_MACHINE_VERSION + 1, 'ready', { type: 'revoke' })).toThrow(/version/);
  });
});

describe('every command in every state', () => {
  test('has a specimen', () => {
    expect([...new Set(EVERY_COMMAND.map((each) => each.do))].sort()).toEqual([...COMMAND_NAMES].sort());
    expect(SCENES.map((each) => each.id).sort()).toEqual([...STATES].sort());
  });

  test.each(SCENES)('$id: is accepted, or refused with a reason and without an effect (I7)', ({ id, file, at }) => {
    const actors = Object.values(file.participants).map(({ id: who, kind }) => ({ role: kind, id: who }));
    const others = (['patient', 'guardian', 'laboratory', 'system'] as const).map((role) => ({ role, id: role }));
    for (const words of EVERY_COMMAND) {
      const [usual] = commands(words, at + MINUTE_MS, file);
      if (!usual) throw new Error(`${words.do} means nothing`);
      for (const by of [
        usual.by,
        ...actors,
        ...others,
        { role: 'prescriber' as const, id: 'nobody' },
        { role: 'pharmacy' as const, id: 'nobody' },
      ]) {
        const decision = decide(file, { ...usual, by }, EDITION);
        const told = [id, words.title ?? words.do, by.id, decision.outcome, decision.reasons];
        if (decision.outcome === 'deny')
          expect([...told, decision.reasons.length > 0, decision.effects.filter((effect) => effect.kind !== 'finding')]).toEqual([
            ...told,
            true,
            [],
          ]);
        if (decision.outcome === 'allow') expect([...told]).toEqual([id, words.title ?? words.do, by.id, 'allow', []]);
        if (decision.outcome === 'recorded-as-deviation')
          expect([...told, words.do, decision.effects.some((effect) => effect.kind === 'fill')]).toEqual([...told, 'dispense', true]);
        const after = apply(file, decision.effects).authorizations.find((each) => each.id === 'rx-1');
        expect(STATES).toContain(after?.state);
      }
    }
  });

  test('I10: no command by anybody brings an ended authorization back', () => {
    for (const { id, file, at } of SCENES.filter((each) => FINAL.includes(each.id as AuthorizationState) || each.id === 'dispensed'))
      for (const words of EVERY_COMMAND) {
        let after = file;
        for (const command of commands(words, at + MINUTE_MS, file)) after = apply(after, decide(after, command, EDITION).effects);
        const authorization = after.authorizations.find((each) => each.id === 'rx-1');
        if (!authorization) throw new Error('It is gone.');
        const { state } = effectiveState(authorization, after, at + MINUTE_MS);
        expect([id, words.title ?? words.do, state]).toEqual([
          id,
          words.title ?? words.do,
          id === 'dispensed' && words.do === 'return' ? 'returned' : id,
        ]);
      }
  });
});
