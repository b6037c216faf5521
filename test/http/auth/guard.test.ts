import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ArgumentsHost, Catch, Controller, type ExceptionFilter, Get, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Operation } from '../../../src/auth/auth.decorators.js';
import { AuthError, Forbidden, Unauthenticated } from '../../../src/auth/auth.errors.js';
import { AuthModule } from '../../../src/auth/auth.module.js';
import { KeysUnavailable } from '../../../src/auth/issuer-keys.js';
import { unlistedOperations } from '../../../src/auth/permission.js';
import type { Principal } from '../../../src/auth/principal.js';
import { goodClaims, makeToken, NOW, newSigner, rulesFor } from '../../domain/auth/tokens.js';

const issuer = newSigner('ES256', 'key-1');
let now = NOW;
let keysAreDown = false;

@Controller()
class Routes {
  @Get('health/live')
  @Operation('health', { summary: 'Is it alive?' })
  health(): string {
    return 'ok';
  }

  @Post('authorizations')
  @Operation('startAuthorization', { description: 'Starts one.' })
  start(@CurrentPrincipal() principal: Principal): string | null {
    return principal.participantId;
  }

  @Post('issue')
  @Operation('issueAuthorization')
  issue(): string {
    return 'issued';
  }

  @Get('forgotten')
  forgotten(): string {
    return 'everything';
  }
}

/** Stands in for the problem documents of the HTTP edge: only what this folder promises about an error. */
@Catch(AuthError)
class AsProblem implements ExceptionFilter {
  catch(error: AuthError, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (error.wwwAuthenticate) void reply.header('www-authenticate', error.wwwAuthenticate);
    const detail = error instanceof Unauthenticated ? error.fault : error instanceof Forbidden ? error.operation : null;
    void reply.status(error.status).send({ code: error.code, message: error.message, detail });
  }
}

const rules = rulesFor([issuer]);

@Module({
  imports: [
    AuthModule.register({
      rules: () => ({
        ...rules,
        keys: async (header, token) => {
          if (keysAreDown) throw new KeysUnavailable(new Error('down'));
          return rules.keys(header, token);
        },
      }),
      now: () => now,
    }),
  ],
  controllers: [Routes],
})
class Service {}

describe('the guard', () => {
  let app: NestFastifyApplication;

  beforeAll(async () => {
    app = await NestFactory.create<NestFastifyApplication>(Service, new FastifyAdapter(), { logger: false, abortOnError: false });
    app.useGlobalFilters(new AsProblem());
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });
  afterAll(() => app.close());

  const call = async (method: 'GET' | 'POST', url: string, authorization?: string) => {
    const response = await app.inject({ method, url, headers: authorization === undefined ? {} : { authorization } });
    const asked = response.headers['www-authenticate'];
    return { status: response.statusCode, body: response.body, ...(asked === undefined ? {} : { asked }) };
  };
  const bearer = (change: Record<string, unknown> = {}) => `Bearer ${makeToken(issuer, goodClaims(change))}`;

  test('lets anybody ask for the health of the service, even with a broken token', async () => {
    expect(await call('GET', '/health/live')).toEqual({ status: 200, body: 'ok' });
    expect(await call('GET', '/health/live', 'Bearer nonsense')).toEqual({ status: 200, body: 'ok' });
  });

  test('hands the principal to the controller', async () => {
    const answer = await call('POST', '/authorizations', bearer());
    expect(answer).toEqual({ status: 201, body: '01900000-0000-7000-8000-000000000101' });
  });

  test('asks for a token, and gives no error code when there was none (RFC 6750 §3.1)', async () => {
    const answer = await call('POST', '/authorizations');
    expect(answer).toMatchObject({ status: 401, asked: 'Bearer realm="rems"' });
    expect(answer.body).toContain('UNAUTHENTICATED');
  });

  test.each([
    ['Basic dXNlcjpwYXNz', 'malformed'],
    ['Bearer', 'malformed'],
    ['Bearer a b', 'malformed'],
    ['Bearer nonsense', 'malformed'],
    [bearer({ aud: 'urn:other' }), 'audience'],
  ])('refuses “%.30s”', async (authorization, fault) => {
    const answer = await call('POST', '/authorizations', authorization);
    expect(answer).toMatchObject({ status: 401, asked: 'Bearer realm="rems", error="invalid_token"' });
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'UNAUTHENTICATED', detail: fault });
  });

  test('takes a token from the Authorization header only', async () => {
    const token = bearer().slice('Bearer '.length);
    expect((await call('POST', `/authorizations?access_token=${token}`)).status).toBe(401);
    expect((await app.inject({ method: 'POST', url: '/authorizations', headers: { cookie: `access_token=${token}` } })).statusCode).toBe(
      401,
    );
  });

  test('tells a role what it may not do, and keeps who asked for what', async () => {
    const answer = await call('POST', '/issue', bearer({ rems_role: 'delegate' }));
    expect(answer).toMatchObject({ status: 403, asked: 'Bearer realm="rems", error="insufficient_scope"' });
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'FORBIDDEN', detail: 'issueAuthorization' });
  });

  test('asks for a fresh sign-in before a signature (RFC 9470)', async () => {
    const token = bearer({ auth_time: NOW / 1000 - 840 });
    try {
      now = NOW + 60_000;
      expect((await call('POST', '/issue', token)).status).toBe(201);
      now = NOW + 60_001;
      const answer = await call('POST', '/issue', token);
      expect(answer).toMatchObject({ status: 401, asked: 'Bearer realm="rems", error="insufficient_user_authentication", max_age="900"' });
      expect(answer.body).toContain('STEP_UP_REQUIRED');
      expect((await call('POST', '/authorizations', token)).status).toBe(201);
    } finally {
      now = NOW;
    }
  });

  test('says that it cannot tell when the issuer’s keys cannot be read: no 401 in an outage', async () => {
    keysAreDown = true;
    try {
      const answer = await call('POST', '/authorizations', bearer({ jti: 'unseen' }));
      expect(answer.status).toBe(503);
      expect(answer.body).toContain('SIGN_IN_UNAVAILABLE');
    } finally {
      keysAreDown = false;
    }
  });

  test('refuses a route that names no operation, to everybody', async () => {
    for (const authorization of [undefined, bearer(), bearer({ rems_role: 'administrator' })]) {
      expect((await call('GET', '/forgotten', authorization)).status).toBe(403);
    }
  });

  test('an operation that is not in the table cannot even be declared', () => {
    expect(() => Operation('resetEverything' as never)).toThrow('permission table');
  });

  test('the OpenAPI document carries the same ids, and says who may call', () => {
    const { paths } = SwaggerModule.createDocument(app, new DocumentBuilder().build());
    expect(paths['/issue']?.post).toMatchObject({ operationId: 'issueAuthorization', security: [{ bearer: [] }] });
    expect(paths['/issue']?.post?.description).toMatch(/^For prescriber \(patients enrolled with .* 15 minutes old\.$/);
    expect(paths['/health/live']?.get).toMatchObject({ operationId: 'health', summary: 'Is it alive?', description: 'Open to anybody.' });
    expect(unlistedOperations([paths['/forgotten']?.get?.operationId ?? ''])).toHaveLength(1);
  });
});
