// oidc-provider brings no types. These are the few members that the demo issuer uses, as its 9.13 documentation describes them.
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export interface Context {
    readonly oidc: {
      readonly client?: { readonly clientId: string };
      readonly session?: { readonly accountId?: string };
      readonly entities: { readonly AuthorizationCode?: { readonly authTime?: number } };
      readonly provider: Provider;
    };
    body: unknown;
    type: string;
  }

  export interface Token {
    readonly kind: string;
    readonly accountId?: string;
    readonly clientId?: string;
  }

  export interface Grant {
    addOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }

  export interface InteractionDetails {
    readonly uid: string;
    readonly prompt: { readonly name: string };
    readonly params: Readonly<Record<string, unknown>>;
  }

  export class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    readonly Grant: new (of: {
      accountId: string;
      clientId: string;
    }) => Grant;
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<InteractionDetails>;
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: Readonly<Record<string, unknown>>): Promise<void>;
    on(event: string, listener: (...values: unknown[]) => void): this;
  }

  export const errors: { readonly InvalidTarget: new () => Error };
  export const interactionPolicy: { base(): { remove(prompt: string): void } };

  export default Provider;
}

declare module 'oidc-provider/lib/adapters/memory_adapter.js' {
  export function createMemoryAdapter(clockToleranceSeconds?: number): (model: string) => object;
}
