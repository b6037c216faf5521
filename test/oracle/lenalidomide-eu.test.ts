import { expect, test } from '@jest/globals';
import { disagreements, TIMELINES } from './agreement.js';
import { LENALIDOMIDE_EU } from './tables.js';

test(`${TIMELINES} random timelines: the service and the second opinion answer alike`, () => {
  expect(disagreements(LENALIDOMIDE_EU)).toEqual([]);
}, 3_600_000);
