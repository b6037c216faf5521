import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation } from '@nestjs/swagger';
import { Unauthenticated } from './auth.errors.js';
import { objectRule } from './object-rule.js';
import { type OperationId, permissionOf } from './permission.js';
import type { Principal } from './principal.js';

export const OPERATION = 'rems:operation';

/**
 * Names the operation of a route: the guard looks it up in the permission table, and the OpenAPI document carries the same id and says who
 * may call it, so the two cannot drift apart. Summary and description belong here; a second `@ApiOperation` would overwrite them.
 */
export function Operation(id: OperationId, words: { summary?: string; description?: string } = {}): MethodDecorator {
  const permission = permissionOf(id);
  if (!permission) throw new Error(`The operation “${id}” is not in the permission table (src/auth/permission.ts).`);
  const { allow } = permission;
  const callers =
    allow === 'public'
      ? 'Open to anybody.'
      : `For ${Object.entries(allow)
          .map(([role, rule]) => `${role} (${objectRule(rule)})`)
          .join('; ')}.${permission.attestation ? ' A signature: the sign-in is at most 15 minutes old.' : ''}`;
  const description = words.description ? `${words.description}\n\n${callers}` : callers;
  return applyDecorators(
    SetMetadata(OPERATION, id),
    ApiOperation({ operationId: id, description, ...(words.summary ? { summary: words.summary } : {}) }),
    ...(allow === 'public' ? [] : [ApiBearerAuth()]),
  );
}

const principals = new WeakMap<object, Principal>();

/** Ties the caller to the request; beside it and not on it, so that nothing which copies or logs a request carries him along. */
export function rememberPrincipal(request: object, principal: Principal): void {
  principals.set(request, principal);
}

/** Who sent this request; null on public routes and before the guard ran. */
export function principalOfRequest(request: object): Principal | null {
  return principals.get(request) ?? null;
}

/** The verified caller, as a parameter of a controller method. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const principal = principalOfRequest(context.switchToHttp().getRequest<object>());
  if (!principal) throw new Unauthenticated('absent');
  return principal;
});
