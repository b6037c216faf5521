import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { MutantCoverage } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  type DryRunResult,
  DryRunStatus,
  determineHitLimitReached,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import type { Registered } from './registrar.js';

/**
 * Plays one mutant after the other in one process: the instrumented domain is loaded once and told which mutant to be. Only the cases and tests
 * that run the mutated code are played, those that caught most so far first, and a mutant is done with at the first that fails.
 */

interface Instrumented {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: MutantCoverage;
}

type Remembering = Map<unknown, unknown> | WeakMap<WeakKey, unknown>;

const world = globalThis as typeof globalThis & { __stryker__?: Instrumented; forgetful?: (fresh: () => Remembering) => object };
world.__stryker__ ??= {};
const domain = world.__stryker__;

const forgetters: (() => void)[] = [];
/** Stands in for a module's own Map: emptied before each test, so that no test lives on what another one, or another mutant, has left. */
world.forgetful = (fresh) => {
  let kept = fresh();
  forgetters.push(() => {
    kept = fresh();
  });
  return {
    get: (key: WeakKey) => kept.get(key),
    has: (key: WeakKey) => kept.has(key),
    set: (key: WeakKey, value: unknown) => kept.set(key, value),
    clear: () => {
      kept = fresh();
    },
    get size() {
      return kept instanceof Map ? kept.size : 0;
    },
  };
};

type Suite = { loadCases(): Registered[]; loadTests(): Promise<Registered[]> };

class InProcessRunner implements TestRunner {
  private suite: Suite | null = null;
  private readonly loaded: { cases?: Registered[]; tests?: Registered[] } = {};
  private readonly caught = new Map<string, number>();
  private readonly took = new Map<string, number>();

  /** A mutant that is there only while the modules load needs a process of its own, which Stryker starts. */
  capabilities() {
    return { reloadEnvironment: false };
  }

  private async load(): Promise<Suite> {
    this.suite ??= (await import(pathToFileURL(join(process.cwd(), 'test/mutation/suite.js')).href)) as Suite;
    return this.suite;
  }

  private async cases(): Promise<Registered[]> {
    const suite = await this.load();
    return this.withoutMutant(() => (this.loaded.cases ??= suite.loadCases()));
  }

  /** Many tests make their worlds while they load, which takes seconds: only the mutant that gets past the cases has to wait for them. */
  private async tests(): Promise<Registered[]> {
    const suite = await this.load();
    return this.withoutMutant(async () => (this.loaded.tests ??= await suite.loadTests()));
  }

  /** Only what runs while the domain's own modules load is static: editions are read and worlds are made as if there were no mutant. */
  private async withoutMutant<T>(make: () => T | Promise<T>): Promise<T> {
    const { activeMutant, mutantCoverage, currentTestId } = domain;
    const before = structuredClone(mutantCoverage?.static ?? {});
    domain.activeMutant = undefined;
    domain.currentTestId = undefined;
    try {
      return await make();
    } finally {
      domain.activeMutant = activeMutant;
      domain.currentTestId = currentTestId;
      if (domain.mutantCoverage) domain.mutantCoverage.static = before;
    }
  }

  private async play({ name, run }: Registered): Promise<TestResult> {
    for (const forget of forgetters) forget();
    const began = performance.now();
    const done = (more: { status: TestStatus.Success } | { status: TestStatus.Failed; failureMessage: string }): TestResult => {
      const timeSpentMs = performance.now() - began;
      if (!this.took.has(name)) this.took.set(name, timeSpentMs);
      return { id: name, name, timeSpentMs, ...more };
    };
    try {
      await run();
      return done({ status: TestStatus.Success });
    } catch (error) {
      return done({ status: TestStatus.Failed, failureMessage: error instanceof Error ? error.message : String(error) });
    }
  }

  async dryRun(): Promise<DryRunResult> {
    const tests: TestResult[] = [];
    try {
      for (const each of [...(await this.cases()), ...(await this.tests())]) {
        domain.currentTestId = each.name;
        tests.push(await this.play(each));
      }
    } catch (error) {
      return { status: DryRunStatus.Error, errorMessage: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    } finally {
      domain.currentTestId = undefined;
    }
    return { status: DryRunStatus.Complete, tests, mutantCoverage: domain.mutantCoverage ?? { static: {}, perTest: {} } };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, mutantActivation }: MutantRunOptions): Promise<MutantRunResult> {
    domain.hitCount = hitLimit === undefined ? undefined : 0;
    domain.hitLimit = hitLimit;
    const tests: TestResult[] = [];
    try {
      if (mutantActivation === 'static') domain.activeMutant = activeMutant.id;
      await this.load();
      domain.activeMutant = activeMutant.id;
      const wanted = testFilter === undefined ? null : new Set(testFilter);
      for (const stage of [() => this.cases(), () => this.tests()]) {
        const results = await this.firstFailing((await stage()).filter(({ name }) => wanted === null || wanted.has(name)));
        tests.push(...results);
        if (results.some(({ status }) => status === TestStatus.Failed)) break;
      }
    } catch (error) {
      // It could not even be loaded.
      const failureMessage = error instanceof Error ? error.message : String(error);
      tests.push({ id: 'loading', name: 'loading', timeSpentMs: 0, status: TestStatus.Failed, failureMessage });
    } finally {
      domain.activeMutant = undefined;
    }
    const looped = determineHitLimitReached(domain.hitCount, hitLimit);
    return toMutantRunResult(looped ?? { status: DryRunStatus.Complete, tests });
  }

  private async firstFailing(tests: readonly Registered[]): Promise<TestResult[]> {
    const results: TestResult[] = [];
    for (const each of this.inOrder(tests)) {
      const result = await this.play(each);
      results.push(result);
      if (result.status === TestStatus.Success) continue;
      this.caught.set(each.name, (this.caught.get(each.name) ?? 0) + 1);
      break;
    }
    return results;
  }

  private inOrder(tests: readonly Registered[]): Registered[] {
    const worth = ({ name }: Registered) => ((this.caught.get(name) ?? 0) + 0.2) / ((this.took.get(name) ?? 2) + 0.5);
    return tests
      .map((each) => ({ each, worth: worth(each) }))
      .sort((a, b) => b.worth - a.worth)
      .map(({ each }) => each);
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessRunner)];
