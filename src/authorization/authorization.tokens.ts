/** Injection tokens of what the composition root hands to every module. */
export const POOLS = Symbol('pools');
export const DESK_PHONE = Symbol('desk phone');
