import type { Config } from '../config.js';

export interface DemoDatabase {
  readonly ownerUrl: string;
  readonly serviceUrl: string;
}

/** Fills an empty demo database. Does nothing when there are people already. */
export async function seedDemo(_config: Config, _database: DemoDatabase, _say: (text: string) => void): Promise<void> {}
