import { Body, type CanActivate, Controller, type ExecutionContext, Get, HttpCode, Module, Param, Post, Query } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { rememberPrincipal } from '../../../src/auth/auth.decorators.js';
import { Forbidden, SignInUnavailable, StepUpRequired, Unauthenticated } from '../../../src/auth/auth.errors.js';
import type { Principal } from '../../../src/auth/principal.js';
import { DatabaseUnavailable, OutcomeUnknown, Overloaded } from '../../../src/database/errors.js';
import { createApplication } from '../../../src/http/application.js';
import type { EdgeOptions } from '../../../src/http/edge-options.js';
import * as rules from '../../../src/http/field-rules.js';
import {
  ChoiceField,
  CodeField,
  FlagField,
  IdField,
  InstantField,
  ListField,
  LocalDateField,
  NumberField,
  ObjectField,
  ObjectListField,
  OptionalField,
  TextField,
} from '../../../src/http/fields.js';
import { IdParam } from '../../../src/http/id-param.js';
import { IdempotencyKey } from '../../../src/http/idempotency-key.js';
import { createLogger } from '../../../src/http/logging.js';
import { InLane } from '../../../src/http/overload.js';
import { Problem } from '../../../src/http/problem.js';

export class LineRequest {
  @CodeField(20, { description: 'Strength.' })
  strength!: string;

  @NumberField({ min: 1, max: 99, description: 'Capsules.' })
  capsules!: number;
}

export class ParcelRequest {
  @TextField({ max: 40, description: 'Who receives it.' })
  name!: string;

  @LocalDateField({ description: 'Day of birth.' })
  born!: string;

  @InstantField({ description: 'When it was packed.', optional: true })
  packedAt?: string;

  @IdField({ description: 'The carrier.', optional: true })
  carrier?: string;

  @ChoiceField(['small', 'large'], { description: 'Size.', optional: true })
  size?: string;

  @OptionalField()
  @FlagField({ description: 'Signature asked for.' })
  signed?: boolean;

  @ListField(rules.code(10), { max: 3, unique: true, description: 'Labels.', optional: true })
  labels?: string[];

  @ObjectField(() => LineRequest, { description: 'The first line.', optional: true })
  first?: LineRequest;

  @ObjectListField(() => LineRequest, { max: 3, description: 'Further lines.', optional: true })
  lines?: LineRequest[];

  toCommand(): { kind: string } {
    return { kind: 'send-parcel' };
  }
}

export class SearchRequest {
  @NumberField({ min: 1, max: 100, fromQuery: true, description: 'How many.', optional: true })
  limit?: number;
}

/** Lets a test hold handlers at work and let them go. */
export const gate = {
  waiting: 0,
  release: () => {},
  closed: Promise.resolve(),
  close(): void {
    this.waiting = 0;
    this.closed = new Promise((resolve) => {
      this.release = resolve;
    });
  },
};

const FAILURES = {
  absent: () => new Unauthenticated('absent'),
  badToken: () => new Unauthenticated('expired'),
  stepUp: () => new StepUpRequired(900),
  forbidden: () => new Forbidden(null, null),
  signIn: () => new SignInUnavailable(new Error('CANARY-SECRET')),
  crowded: () => new Overloaded('CANARY-SECRET'),
  gone: () => new DatabaseUnavailable('CANARY-SECRET'),
  unknown: () => new OutcomeUnknown('CANARY-SECRET'),
};

@Controller('v1/parcels')
class ParcelController {
  @Post()
  @HttpCode(200)
  send(@Body() body: ParcelRequest): { got: string[]; plain: boolean } {
    return { got: Object.keys(body), plain: Object.getPrototypeOf(body) === ParcelRequest.prototype };
  }

  @Get()
  search(@Query() query: SearchRequest): { limit: number | undefined } {
    return { limit: query.limit };
  }

  @Get('broken')
  broken(): never {
    throw new Error('connection to postgres://rems:CANARY-SECRET@db refused for CANARY-SECRET');
  }

  @Get('full')
  full(): never {
    throw {
      status: 503,
      code: 'OUTCOME_UNKNOWN',
      title: 'Outcome unknown',
      detail: 'Ask again.',
      extensions: { reasons: [{ code: 'X' }], status: 200 },
    };
  }

  @Get('failing/:how')
  failing(@Param('how') how: string): never {
    throw FAILURES[how as keyof typeof FAILURES]();
  }

  @Get('teapot')
  teapot(): never {
    throw new Problem({ status: 418, code: 'teapot', title: 'Teapot', detail: 'Short and stout.', headers: { 'x-pot': 'yes' } });
  }

  @Post('commands')
  @HttpCode(200)
  command(@IdempotencyKey() key: string): { length: number } {
    return { length: key.length };
  }

  @Get('slow/counter')
  @InLane('counter')
  async slowCounter(): Promise<{ lane: string }> {
    gate.waiting++;
    await gate.closed;
    return { lane: 'counter' };
  }

  @Get('slow/rest')
  async slowRest(): Promise<{ lane: string }> {
    gate.waiting++;
    await gate.closed;
    return { lane: 'rest' };
  }

  @Get('quick/counter')
  @InLane('counter')
  quickCounter(): { lane: string } {
    return { lane: 'counter' };
  }

  @Get('loose/:name')
  loose(@Param('name') name: string): { length: number } {
    return { length: name.length };
  }

  @Get(':id')
  one(@IdParam() id: string): { id: string } {
    return { id };
  }
}

/** Stands where the auth guard stands: a caller is who the header says. */
class NamedCaller implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    const name = request.headers['x-test-caller'];
    if (name) rememberPrincipal(request, { subject: name, role: request.headers['x-test-role'] ?? 'pharmacist' } as Principal);
    return true;
  }
}

@Module({ controllers: [ParcelController], providers: [{ provide: APP_GUARD, useClass: NamedCaller }] })
export class ParcelModule {}

export interface EdgeApp {
  readonly app: NestFastifyApplication;
  readonly url: string;
  /** Everything logged so far, one string a line. */
  readonly lines: string[];
  close(): Promise<void>;
}

/** A listening application with a tiny module behind the real edge. */
export async function startEdge(
  options: Partial<EdgeOptions> = {},
  prepare: (app: NestFastifyApplication) => void = () => {},
): Promise<EdgeApp> {
  const lines: string[] = [];
  const log = createLogger({ level: 'debug', stream: { write: (line) => void lines.push(line) } });
  const app = await createApplication(ParcelModule, { log, ...options });
  prepare(app);
  await app.listen(0, '127.0.0.1');
  const address = app.getHttpServer().address() as { port: number };
  return { app, url: `http://127.0.0.1:${address.port}`, lines, close: () => app.close() };
}

export interface ProblemAnswer {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly reference: string;
  readonly errors?: { pointer: string; message: string }[];
  readonly [more: string]: unknown;
}

export async function postJson(
  url: string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: ProblemAnswer }> {
  const answer = await fetch(url, { method: 'POST', body: body as string, headers: { 'content-type': 'application/json', ...headers } });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as ProblemAnswer };
}
