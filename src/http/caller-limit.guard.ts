import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { principalOfRequest } from '../auth/auth.decorators.js';
import type { RateLimits } from './rate-limit.js';

/** Limits each signed-in caller. Registered after the auth guard, so that nobody can use up another one's allowance. */
export class CallerLimitGuard implements CanActivate {
  constructor(private readonly rates: RateLimits) {}

  canActivate(context: ExecutionContext): boolean {
    const principal = principalOfRequest(context.switchToHttp().getRequest<object>());
    if (principal) this.rates.take('caller', principal.subject);
    return true;
  }
}
