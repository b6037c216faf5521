import type { FastifyInstance } from 'fastify';

/** Which methods each address takes. Fastify answers 404 for a known address with another method; with this we can answer 405. */
export class KnownRoutes {
  readonly #routes: { readonly segments: readonly string[]; readonly methods: readonly string[] }[] = [];

  /** Must run before the first route is registered. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', (route) => {
      if (route.url.includes('*')) return; // static files: every path below would look known
      this.#routes.push({ segments: route.url.split('/'), methods: [route.method].flat() });
    });
  }

  /** The methods that this path takes, sorted; empty when nothing lives there. */
  methodsAt(path: string): string[] {
    const end = path.search(/[?#]/);
    const segments = (end < 0 ? path : path.slice(0, end)).split('/');
    const methods = new Set<string>();
    for (const route of this.#routes) {
      if (route.segments.length !== segments.length) continue;
      if (route.segments.every((part, i) => (part.startsWith(':') ? segments[i] !== '' : part === segments[i]))) {
        for (const method of route.methods) methods.add(method);
      }
    }
    return [...methods].sort();
  }
}
