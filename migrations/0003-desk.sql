-- Why: the administrator's desk: requests for exceptions with the time their answer is due, findings with a history of their own, delegations that end, accommodations that get an end.
-- up

-- Asked by whoever needs it, answered by two persons who are not concerned (rules §9.14); a request is never deleted.
CREATE TABLE exception_request (
  id uuid PRIMARY KEY,
  authorization_id uuid NOT NULL REFERENCES prescription_authorization (id),
  patient_id uuid NOT NULL,
  kind text NOT NULL,
  reason text NOT NULL,
  evidence text NOT NULL,
  -- the participant who asked, and at a pharmacy site the person
  requested_by uuid NOT NULL REFERENCES participant (id),
  requested_by_person uuid,
  requested_at timestamptz(3) NOT NULL,
  answer_due_at timestamptz(3) NOT NULL,
  -- taken-up: an administrator asks in his own name instead, so that another one can grant it
  answer text CHECK (answer IN ('granted', 'declined', 'taken-up')),
  answered_by uuid REFERENCES participant (id),
  answered_at timestamptz(3),
  answer_reason text,
  CHECK ((answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by IS NULL)),
  CHECK (answer IS DISTINCT FROM 'granted' OR answered_by <> requested_by)
);
CREATE INDEX exception_request_open ON exception_request (answer_due_at, id) WHERE answer IS NULL;
CREATE INDEX exception_request_of_authorization ON exception_request (authorization_id);

-- A delegation that ended leaves the delegate on record, acting for nobody.
ALTER TABLE participant DROP CONSTRAINT participant_check;
ALTER TABLE participant ADD CONSTRAINT participant_acts_for CHECK (acts_for IS NULL OR kind = 'delegate');
CREATE INDEX participant_of_kind ON participant (kind, id);

-- The same accommodation set anew from the same instant takes the earlier row's place; the earlier row stays.
ALTER TABLE accommodation ADD COLUMN authority text;
ALTER TABLE accommodation ADD COLUMN superseded_at timestamptz(3);

-- Assigning and closing a finding are entries of the finding itself; 0 is what the decision's own entry opened.
ALTER TABLE finding ADD COLUMN revision integer NOT NULL DEFAULT 0 CHECK (revision >= 0);
ALTER TABLE finding ADD CONSTRAINT finding_closed_whole CHECK ((closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (resolution IS NULL));
ALTER TABLE entry DROP CONSTRAINT entry_aggregate_check;
ALTER TABLE entry ADD CONSTRAINT entry_aggregate_check CHECK (aggregate IN ('enrollment', 'participant', 'program', 'finding', 'unknown'));

GRANT SELECT, INSERT ON exception_request TO :service_role;
GRANT UPDATE (answer, answered_by, answered_at, answer_reason) ON exception_request TO :service_role;
GRANT UPDATE (superseded_at) ON accommodation TO :service_role;
GRANT UPDATE (revision) ON finding TO :service_role;

DO $$
BEGIN
  ASSERT NOT EXISTS (SELECT 1 FROM participant WHERE acts_for IS NOT NULL AND kind <> 'delegate'), 'somebody acts for another without being a delegate';
END
$$;

-- down

-- Refuses while an entry of a finding, or a delegate without a prescriber, is on record: what the older schema cannot say is not thrown away.
ALTER TABLE entry DROP CONSTRAINT entry_aggregate_check;
ALTER TABLE entry ADD CONSTRAINT entry_aggregate_check CHECK (aggregate IN ('enrollment', 'participant', 'program', 'unknown'));
ALTER TABLE finding DROP CONSTRAINT finding_closed_whole;
ALTER TABLE finding DROP COLUMN revision;
ALTER TABLE accommodation DROP COLUMN superseded_at;
ALTER TABLE accommodation DROP COLUMN authority;
DROP INDEX participant_of_kind;
ALTER TABLE participant DROP CONSTRAINT participant_acts_for;
ALTER TABLE participant ADD CONSTRAINT participant_check CHECK ((kind = 'delegate') = (acts_for IS NOT NULL));
DROP TABLE exception_request;
