-- Why: every decision reads the time here and nowhere else, in whole milliseconds, so that a deadline, a guard and the log agree to the digit (I18).
-- up

-- VOLATILE on purpose. A guarded write asks `rems_now() <= $validThrough`. Were this STABLE, the planner would take that condition (it
-- names no column) for one to test once, before the statement waits for a row lock. VOLATILE keeps it a condition on the row. Even so a
-- plain UPDATE that waited for a transaction which then rolled back is not asked again: lock the row in a CTE first, or compare what the
-- statement returns (test/database/clock.test.ts shows all three). The body is inlined, so it costs no call.
-- A search by index needs one fixed value: write `next_deadline_at <= (SELECT rems_now())` there.
-- clock_timestamp() and not now(): now() is the start of the transaction, which may be seconds ago. There is no switch to move this clock.
CREATE FUNCTION rems_now() RETURNS timestamptz
  LANGUAGE sql VOLATILE PARALLEL SAFE
  RETURN date_trunc('milliseconds', clock_timestamp());

COMMENT ON FUNCTION rems_now() IS 'The only clock of decisions: database time, truncated to milliseconds.';

REVOKE ALL ON FUNCTION rems_now() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rems_now() TO :service_role;

DO $$
BEGIN
  ASSERT rems_now() <= clock_timestamp() AND clock_timestamp() - rems_now() < interval '1 minute', 'rems_now() is not the present';
  ASSERT extract(microseconds FROM rems_now())::bigint % 1000 = 0, 'rems_now() is finer than a millisecond';
  ASSERT (SELECT provolatile = 'v' FROM pg_proc WHERE oid = 'rems_now()'::regprocedure), 'rems_now() must be VOLATILE';
END
$$;

-- down

DROP FUNCTION rems_now();
