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

/**
 * The state after that event; null when the machine refuses it there. A refused event would return the same snapshot without a word, so
 * `can` is asked first; unknown states throw, which the service answers as indeterminate.
 */
export function nextState(version: number, state: AuthorizationState, event: MachineEvent): AuthorizationState | null {
  const machine = machineOf(version);
  const snapshot = machine.resolveState({ value: state, context: {} });
  if (snapshot.status === 'done' || !snapshot.can(event)) return null;
  return getNextSnapshot(machine, snapshot, event).value as AuthorizationState;
}
