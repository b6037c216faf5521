// Loaded before the service by `--import file:///…/shifted-clock.mjs?ms=3000`: its clock is that far ahead of the machine's (behind when negative).
const shift = Number(new URL(import.meta.url).searchParams.get('ms'));
const Real = Date;

globalThis.Date = class ShiftedDate extends Real {
  constructor(...given) {
    if (given.length === 0) super(Real.now() + shift);
    else super(...given);
  }

  static now() {
    return Real.now() + shift;
  }
};
