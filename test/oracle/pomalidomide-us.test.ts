import { expect, test } from '@jest/globals';
import { disagreements, TIMELINES } from './agreement.js';
import { POMALIDOMIDE_US } from './tables.js';

test(`${TIMELINES} random timelines: the service and the second opinion answer alike`, () => {
  expect(disagreements(POMALIDOMIDE_US)).toEqual([]);
}, 3_600_000);
