/** Injection tokens of what the composition root hands to every module. */
export const POOLS = Symbol('pools');
export const DESK_PHONE = Symbol('desk phone');
/** What every road of a command works with: store, editions, signer, clock limit, alarm. */
export const RUNNER_PARTS = Symbol('runner parts');
