import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { OPERATION, rememberPrincipal } from './auth.decorators.js';
import { Forbidden, SignInUnavailable, StepUpRequired, Unauthenticated } from './auth.errors.js';
import { mayCall, permissionOf, STEP_UP_MS } from './permission.js';
import type { Principal } from './principal.js';
import { TokenVerifier } from './token.js';

/** Provider token of the clock, milliseconds. Tokens are judged on the service's own clock; decisions on the database's. */
export const AUTH_CLOCK = Symbol('auth clock');

const BEARER = /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i;

/** The global guard: each route names its operation, and what the table does not allow does not pass. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    @Inject(TokenVerifier) private readonly verifier: TokenVerifier,
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(AUTH_CLOCK) private readonly now: () => number,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Only the handler's own mark counts: a mark on the class would open every route somebody adds to it.
    const operation = this.reflector.get<string | undefined>(OPERATION, context.getHandler()) ?? null;
    if (operation === null || context.getType() !== 'http') throw new Forbidden(operation, null);
    if (permissionOf(operation)?.allow === 'public') return true;

    const request = context.switchToHttp().getRequest<{ headers: { authorization?: string } }>();
    const at = this.now();
    const principal = await this.whoCalls(request.headers.authorization, at);
    const verdict = mayCall(principal, operation, at);
    if (!verdict.may) {
      if (verdict.because === 'not-signed-in') throw new Unauthenticated('absent');
      if (verdict.because === 'step-up') throw new StepUpRequired(STEP_UP_MS / 1000);
      throw new Forbidden(operation, principal);
    }
    rememberPrincipal(request, principal);
    return true;
  }

  private async whoCalls(header: string | undefined, at: number): Promise<Principal> {
    if (header === undefined || header === '') throw new Unauthenticated('absent');
    const token = BEARER.exec(header)?.[1];
    if (token === undefined) throw new Unauthenticated('malformed');
    const outcome = await this.verifier.verify(token, at);
    if (outcome.kind === 'unavailable') throw new SignInUnavailable(outcome.cause);
    if (outcome.kind === 'refused') throw new Unauthenticated(outcome.fault);
    return outcome.principal;
  }
}
