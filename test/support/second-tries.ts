// A reporter that names the tests which failed at first and passed when they were tried again: each is a fault to be
// found, though it doesn't stop whoever waits for the result.

import type { Reporter, TestCase } from 'vitest/node';

export default class SecondTries implements Reporter {
  readonly #names: string[] = [];

  onTestCaseResult(test: TestCase): void {
    const { flaky = false, retryCount = 0 } = test.diagnostic() ?? {};
    if (flaky) this.#names.push(`${test.module.relativeModuleId} > ${test.fullName} (${retryCount} more)`);
  }

  onTestRunEnd(): void {
    for (const name of this.#names) console.log(`needed a second try: ${name}`);
  }
}
