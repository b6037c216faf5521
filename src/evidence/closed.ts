import type { Decided } from '../authorization/command.runner.js';

/** Authorizations that a decision revoked: what a practice has to know at once after a danger. */
export const closedBy = ({ decision, loaded }: Decided): string[] =>
  decision.effects.flatMap((effect) =>
    effect.kind === 'authorization' &&
    effect.authorization.state === 'revoked' &&
    loaded.file.authorizations.some((each) => each.id === effect.authorization.id && each.state !== 'revoked')
      ? [effect.authorization.id]
      : [],
  );
