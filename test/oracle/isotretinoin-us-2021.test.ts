import { expect, test } from '@jest/globals';
import { disagreements, TIMELINES } from './agreement.js';
import { ISOTRETINOIN_2021 } from './tables.js';

test(`${TIMELINES} random timelines: the service and the second opinion answer alike`, () => {
  expect(disagreements(ISOTRETINOIN_2021)).toEqual([]);
}, 3_600_000);
