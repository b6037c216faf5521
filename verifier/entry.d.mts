export interface Entry {
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
  readonly keyId: string;
  readonly salts: Readonly<Record<string, string>> | null;
  readonly values: Readonly<Record<string, unknown>> | null;
}
export interface Functions {
  sha256(bytes: Uint8Array): string | Promise<string>;
  verify(keyId: string, bytes: Uint8Array, signature: Uint8Array): boolean | Promise<boolean>;
}
export interface Line {
  readonly id: string;
  readonly command: string;
  readonly aggregate: { readonly kind: string; readonly id: string; readonly version: number | null; readonly saw: number };
}
export function lineOf(entry: Pick<Entry, 'bytes'>): Line;
export function troublesOfEntry(entry: Entry, functions: Functions): Promise<string[]>;
export function troublesOfVersions(lines: readonly Line[]): string[];
