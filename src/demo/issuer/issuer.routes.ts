import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { demoAccount } from '../accounts.js';
import { openIssuerFile } from './issuer-file.js';
import { createDemoProvider, MOUNT_PATH } from './provider.js';
import { SIGN_IN_HEADERS, signInPage } from './sign-in.page.js';

type Mounted = IncomingMessage & { originalUrl?: string };

/** Serves the demo issuer under `/oidc`. These routes stand beside Nest's, so its guard does not see them. */
export async function registerIssuerRoutes(app: FastifyInstance, dataDir: string): Promise<void> {
  const provider = createDemoProvider(await openIssuerFile(dataDir));
  const answer = provider.callback();

  // Not awaited: that would finish Fastify's start before Nest has set its error handler, and what the body parser refuses would be answered
  // in Fastify's own words. A failure in here still fails the application's start.
  void app.register(async (scope) => {
    // oidc-provider reads its bodies itself; a body that was read before is lost to it.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));

    // Mostly a sign-in left open for too long; its cookie is gone and there is nothing to repair.
    scope.setErrorHandler((_error, _request, reply) =>
      reply.status(400).type('text/plain; charset=utf-8').send('This sign-in is over. Go back to where you came from and start again.'),
    );

    scope.get<{ Params: { uid: string } }>(`${MOUNT_PATH}/interaction/:uid`, async (request, reply) => {
      const { uid } = await provider.interactionDetails(request.raw, reply.raw);
      return reply.headers(SIGN_IN_HEADERS).send(signInPage(uid));
    });

    scope.post(`${MOUNT_PATH}/interaction/:uid`, async (request, reply) => {
      const key = new URLSearchParams(await smallBody(request)).get('account') ?? '';
      const { subject } = demoAccount(key);
      reply.hijack();
      await provider.interactionFinished(request.raw, reply.raw, { login: { accountId: subject } });
    });

    scope.all(`${MOUNT_PATH}/*`, (request, reply) => {
      reply.hijack();
      const raw: Mounted = request.raw;
      // The provider tells its own mount path from the two addresses, as it would under Express or Koa.
      raw.originalUrl = raw.url ?? '/';
      raw.url = raw.originalUrl.slice(MOUNT_PATH.length);
      void answer(raw, reply.raw);
    });
  });
}

async function smallBody(request: FastifyRequest): Promise<string> {
  let body = '';
  for await (const chunk of request.raw.setEncoding('utf8')) {
    body += String(chunk);
    if (body.length > 1_000) throw new Error('That is not the form of the sign-in page.');
  }
  return body;
}
