import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

export interface OpenApiOptions {
  readonly title: string;
  readonly version: string;
  readonly description: string;
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'] as const;

const PROBLEM_SCHEMA = {
  type: 'object',
  description: 'RFC 9457 problem. `reference` is what to read to the help desk; `reasons` tell why a decision fell and who can mend it.',
  required: ['type', 'title', 'status', 'detail', 'instance', 'reference'],
  properties: {
    type: { type: 'string', description: 'Stable name of the problem, /problems/…' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string', description: 'urn:uuid: and the request id' },
    reference: { type: 'string', minLength: 8, maxLength: 8 },
    errors: {
      type: 'array',
      items: { type: 'object', required: ['pointer', 'message'], properties: { pointer: { type: 'string' }, message: { type: 'string' } } },
    },
    reasons: { type: 'array', items: { type: 'object' } },
  },
} as const;

/**
 * The OpenAPI 3.1 document of the application, the same bytes for the same code: paths and schemas are sorted. Every operation
 * gets the problem answer; who may call it and with what is said by `@Operation`.
 */
export function buildOpenApi(app: INestApplication, options: OpenApiOptions): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(options.title)
    .setVersion(options.version)
    .setDescription(options.description)
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  for (const path of Object.values(document.paths)) {
    for (const method of METHODS) {
      const operation = path[method];
      if (!operation) continue;
      operation.responses.default ??= {
        description: 'A problem (RFC 9457)',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      };
    }
  }
  const schemas: Record<string, object> = { ...document.components?.schemas, Problem: structuredClone(PROBLEM_SCHEMA) };
  document.components = { ...document.components, schemas: sorted(schemas) } as NonNullable<OpenAPIObject['components']>;
  document.paths = sorted(document.paths);
  return document;
}

function sorted<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))) as T;
}

/** Serves the document at `/openapi.json` and a page for people at `/docs`. Call it before `listen` or `init`. */
export function serveOpenApi(app: INestApplication, document: OpenAPIObject): void {
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: document.info.title,
    swaggerOptions: { persistAuthorization: false, validatorUrl: null }, // no token in the browser's storage, nothing sent elsewhere
  });
}
