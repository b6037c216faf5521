import { hash } from 'node:crypto';
import type { Principal } from './principal.js';

/**
 * Remembers verified tokens until they end, so that a busy counter pays for the signature once in ten minutes and not with every request.
 * Keyed by SHA-256, so that a heap dump holds no usable token. The oldest unused entry leaves when it is full.
 */
export class TokenCache {
  readonly #entries = new Map<string, Principal>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The principal of a token verified before, or null; never past its `exp`: the seconds of tolerance need a full verification. */
  recall(token: string, at: number): Principal | null {
    const key = keyOf(token);
    const principal = this.#entries.get(key);
    if (!principal) return null;
    this.#entries.delete(key);
    // Written so that a NaN clock forgets instead of remembering for ever.
    if (!(at < principal.expiresAt)) return null;
    this.#entries.set(key, principal);
    return principal;
  }

  remember(token: string, principal: Principal, at: number): void {
    if (this.#limit < 1 || !(at < principal.expiresAt)) return;
    this.#entries.set(keyOf(token), principal);
    if (this.#entries.size <= this.#limit) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}

function keyOf(token: string): string {
  return hash('sha256', token, 'base64');
}
