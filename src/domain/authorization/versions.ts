import { getNextSnapshot } from 'xstate';
import type { AuthorizationState } from '../patient.js';
import { type MachineEvent, machineV1 } from './machine.v1.js';

/** Machines by version. Rows keep the version they were made under; only the newest makes new ones. */
const MACHINES = { 1: machineV1 } as const;

export const CURRENT_MACHINE_VERSION = 1;

function machineOf(version: number) {
  const machine = MACHINES[version as keyof typeof MACHINES];
  if (!machine) throw new Error(`No authorization machine of version ${version} is known to this release.`);
  return machine;
}

// A snapshot holds its state and nothing else, and is never changed: each is resolved once (10 % of a decision otherwise).
const resolved = new Map<string, ReturnType<typeof machineV1.resolveState>>();

function snapshotOf(version: number, state: AuthorizationState) {
  const key = `${version} ${state}`;
  const known = resolved.get(key) ?? machineOf(version).resolveState({ value: state, context: {} });
  resolved.set(key, known);
  return known;
}

/**
 * The state after that event; null when the machine refuses it there. A refused event would return the same snapshot without a word, so
 * `can` is asked first; unknown states throw, which the service answers as indeterminate.
 */
export function nextState(version: number, state: AuthorizationState, event: MachineEvent): AuthorizationState | null {
  const snapshot = snapshotOf(version, state);
  if (snapshot.status === 'done' || !snapshot.can(event)) return null;
  return getNextSnapshot(machineOf(version), snapshot, event).value as AuthorizationState;
}
