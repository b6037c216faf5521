-- Why: the nouns of the program. The enrollment is the unit of consistency: its revision is counted by every accepted command about the patient.
-- up

-- Milliseconds since the epoch, for rows that leave as JSON.
CREATE FUNCTION epoch_ms(at timestamptz) RETURNS bigint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (extract(epoch FROM at) * 1000)::bigint;
REVOKE ALL ON FUNCTION epoch_ms(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION epoch_ms(timestamptz) TO :service_role;

-- Evidence, entries and idempotency rows are append-only by grant: what the service may not do, no bug of it can do.

CREATE TABLE participant (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('prescriber', 'delegate', 'pharmacy', 'administrator')),
  name text NOT NULL,
  phone text,
  -- of a delegate: the prescriber it acts for
  acts_for uuid REFERENCES participant (id),
  -- of a pharmacy site: the chain it belongs to
  chain_id uuid,
  certified_from timestamptz(3),
  certified_until timestamptz(3),
  suspended_at timestamptz(3),
  suspended_until timestamptz(3),
  -- of a pharmacy site: person id → the last instant of the training, or null for no end
  trained jsonb NOT NULL DEFAULT '{}',
  revision integer NOT NULL CHECK (revision >= 0),
  CHECK ((kind = 'delegate') = (acts_for IS NOT NULL)),
  CONSTRAINT participant_chain CHECK (chain_id IS NULL OR kind = 'pharmacy')
);

CREATE TABLE patient (
  id uuid PRIMARY KEY,
  given_name text NOT NULL,
  family_name text NOT NULL,
  birth_date date NOT NULL,
  phone text,
  postal_code text,
  record_number text,
  -- the family name as compared at the counter and when looking for the same person: letters only, folded
  family_name_key text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  -- set once the prescriber has told her of a result that was not negative
  told_result_at timestamptz(3)
);
CREATE INDEX patient_same_person ON patient (birth_date, family_name_key);
CREATE INDEX patient_same_record ON patient (record_number) WHERE record_number IS NOT NULL;

CREATE TABLE enrollment (
  id uuid PRIMARY KEY,
  patient_id uuid NOT NULL REFERENCES patient (id),
  program text NOT NULL,
  prescriber_id uuid NOT NULL REFERENCES participant (id),
  enrolled_at timestamptz(3) NOT NULL,
  re_enrolled_at timestamptz(3),
  deactivated_at timestamptz(3),
  deceased_at timestamptz(3),
  answers jsonb NOT NULL,
  category text,
  category_since timestamptz(3),
  revision integer NOT NULL CHECK (revision >= 1),
  UNIQUE (patient_id, program)
);
CREATE INDEX enrollment_of_prescriber ON enrollment (prescriber_id);

CREATE TABLE evidence (
  enrollment_id uuid NOT NULL REFERENCES enrollment (id),
  id text NOT NULL,
  patient_id uuid NOT NULL,
  -- the enrollment's revision that recorded it, and its place among that command's facts
  revision integer NOT NULL,
  ordinal integer NOT NULL,
  kind text NOT NULL,
  recorded_at timestamptz(3) NOT NULL,
  fact jsonb NOT NULL,
  PRIMARY KEY (enrollment_id, id),
  UNIQUE (enrollment_id, revision, ordinal)
);

-- "authorization" alone is a reserved word of SQL.
CREATE TABLE prescription_authorization (
  id uuid PRIMARY KEY,
  enrollment_id uuid NOT NULL REFERENCES enrollment (id),
  patient_id uuid NOT NULL,
  program text NOT NULL,
  -- I12: unique for ever, never reused
  number text UNIQUE,
  machine_version integer NOT NULL,
  state text NOT NULL CHECK (state IN ('counseling', 'contraception', 'pregnancyTest', 'ready', 'authorized', 'reserved', 'dispensed',
    'returned', 'expired', 'cancelled', 'superseded', 'revoked')),
  context jsonb NOT NULL DEFAULT '{}',
  next_deadline_at timestamptz(3),
  edition text NOT NULL,
  edition_hash text NOT NULL CHECK (edition_hash ~ '^[0-9a-f]{64}$'),
  prescription jsonb NOT NULL,
  supply_days integer NOT NULL,
  -- the cap of the edition it was written under: never exceptable, whoever signs (rules §9.14)
  supply_days_max integer NOT NULL,
  started_at timestamptz(3) NOT NULL,
  preparation_ends_at timestamptz(3) NOT NULL,
  issued_at timestamptz(3),
  issued_by uuid REFERENCES participant (id),
  category text,
  expires_at timestamptz(3),
  rested_on text[] NOT NULL DEFAULT '{}',
  reserved_by uuid REFERENCES participant (id),
  reserved_at timestamptz(3),
  confirmation_ends_at timestamptz(3),
  confirmation_number text UNIQUE,
  given jsonb,
  exceptions jsonb NOT NULL DEFAULT '[]',
  CONSTRAINT authorization_within_cap CHECK (supply_days BETWEEN 1 AND supply_days_max),
  -- I3: nothing is authorized without number, window, category and prescriber
  CONSTRAINT issued_whole CHECK ((issued_at IS NULL) = (number IS NULL) AND (issued_at IS NULL) = (issued_by IS NULL)
    AND (issued_at IS NULL) = (category IS NULL) AND (issued_at IS NULL) = (expires_at IS NULL)),
  CONSTRAINT issued_before_use CHECK (state NOT IN ('authorized', 'reserved', 'superseded') OR issued_at IS NOT NULL),
  CONSTRAINT reserved_whole CHECK (state <> 'reserved' OR (reserved_by IS NOT NULL AND reserved_at IS NOT NULL AND confirmation_ends_at IS NOT NULL
    AND confirmation_number IS NOT NULL))
);
CREATE INDEX authorization_of_enrollment ON prescription_authorization (enrollment_id);
CREATE INDEX authorization_due ON prescription_authorization (next_deadline_at) WHERE next_deadline_at IS NOT NULL;
-- one open issued authorization per patient and program (rules §9.6)
CREATE UNIQUE INDEX authorization_one_open ON prescription_authorization (patient_id, program) WHERE state IN ('authorized', 'reserved');
CREATE INDEX authorization_reserved_by ON prescription_authorization (reserved_by) WHERE state = 'reserved';

CREATE TABLE fill (
  id text PRIMARY KEY,
  authorization_id uuid NOT NULL REFERENCES prescription_authorization (id),
  enrollment_id uuid NOT NULL REFERENCES enrollment (id),
  patient_id uuid NOT NULL,
  pharmacy_id uuid NOT NULL REFERENCES participant (id),
  outcome text NOT NULL CHECK (outcome IN ('permitted', 'deviation', 'violation')),
  handed_over_at timestamptz(3) NOT NULL,
  handed_over_until timestamptz(3) NOT NULL,
  handed_over_on date NOT NULL,
  issued_at timestamptz(3) NOT NULL,
  supply_days integer NOT NULL CHECK (supply_days >= 0),
  recorded_at timestamptz(3) NOT NULL,
  returned_at timestamptz(3),
  returned_unopened boolean,
  CONSTRAINT fill_not_in_advance CHECK (outcome <> 'permitted' OR handed_over_at <= recorded_at + interval '5 minutes')
);
-- I1: one permitted fill, over all pharmacies, for ever. Hand-overs outside the rules are recorded beside it.
CREATE UNIQUE INDEX fill_once ON fill (authorization_id) WHERE outcome = 'permitted';
CREATE INDEX fill_of_enrollment ON fill (enrollment_id);

CREATE TABLE accommodation (
  id text PRIMARY KEY,
  program text NOT NULL,
  kind text NOT NULL,
  valid_from timestamptz(3) NOT NULL,
  valid_until timestamptz(3),
  recorded_at timestamptz(3) NOT NULL
);
CREATE INDEX accommodation_of_program ON accommodation (program);

-- Two records that may be one person: linked by two persons, unlinked by two; nothing is deleted.
CREATE TABLE patient_link (
  id uuid PRIMARY KEY,
  patient_id uuid NOT NULL REFERENCES patient (id),
  other_patient_id uuid NOT NULL REFERENCES patient (id),
  linked_at timestamptz(3) NOT NULL,
  linked_by text[] NOT NULL,
  unlinked_at timestamptz(3),
  unlinked_by text[],
  CONSTRAINT patient_link_of_two CHECK (patient_id <> other_patient_id)
);
CREATE INDEX patient_link_of ON patient_link (patient_id) WHERE unlinked_at IS NULL;
CREATE INDEX patient_link_to ON patient_link (other_patient_id) WHERE unlinked_at IS NULL;

CREATE TABLE finding (
  id uuid PRIMARY KEY,
  code text NOT NULL,
  patient_id uuid,
  authorization_id uuid,
  entry_id uuid NOT NULL,
  opened_at timestamptz(3) NOT NULL,
  due_at timestamptz(3) NOT NULL,
  owner text,
  closed_at timestamptz(3),
  closed_by text,
  resolution text
);
CREATE INDEX finding_open ON finding (due_at) WHERE closed_at IS NULL;

CREATE TABLE entry (
  id uuid PRIMARY KEY,
  recorded_at timestamptz(3) NOT NULL,
  aggregate text NOT NULL CHECK (aggregate IN ('enrollment', 'participant', 'program', 'unknown')),
  aggregate_id text NOT NULL,
  -- an accepted command's own version; null for a refused one, a verify, or a report on an unknown number
  version integer,
  saw_version integer NOT NULL,
  command text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('allow', 'deny', 'recorded-as-deviation')),
  reasons text[] NOT NULL,
  patient_id uuid,
  authorization_id uuid,
  actor text NOT NULL,
  organization text,
  -- RFC 8785 canonical JSON, exactly as signed
  bytes bytea NOT NULL,
  signature bytea NOT NULL CHECK (octet_length(signature) = 64),
  key_id text NOT NULL
);
-- I13: versions of one aggregate are unique; the guarded write makes them contiguous
CREATE UNIQUE INDEX entry_version ON entry (aggregate_id, version) WHERE version IS NOT NULL;
CREATE INDEX entry_of_patient ON entry (patient_id, recorded_at);
CREATE INDEX entry_of_authorization ON entry (authorization_id, recorded_at) WHERE authorization_id IS NOT NULL;
CREATE INDEX entry_by_time ON entry (recorded_at);

-- What an entry only commits to: values and salts, erasable without touching the entry.
CREATE TABLE entry_values (
  entry_id uuid PRIMARY KEY REFERENCES entry (id),
  salts jsonb NOT NULL,
  values jsonb NOT NULL
);

-- Not yet under a checkpoint: the sequencer drains it.
CREATE TABLE entry_pending (
  entry_id uuid PRIMARY KEY REFERENCES entry (id)
);

CREATE TABLE idempotency (
  caller text NOT NULL,
  key text NOT NULL,
  body_hash text NOT NULL,
  status integer NOT NULL,
  reply text NOT NULL,
  content_type text NOT NULL,
  authorization_id uuid,
  recorded_at timestamptz(3) NOT NULL,
  PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_age ON idempotency (recorded_at) WHERE authorization_id IS NULL;

CREATE TABLE lease (
  name text PRIMARY KEY,
  holder text NOT NULL,
  epoch integer NOT NULL,
  expires_at timestamptz(3) NOT NULL
);

GRANT SELECT ON participant, patient, enrollment, evidence, prescription_authorization, fill, accommodation, patient_link, finding, entry, entry_values,
  entry_pending, idempotency, lease TO :service_role;
GRANT INSERT ON participant, patient, enrollment, evidence, prescription_authorization, fill, accommodation, patient_link, finding, entry, entry_values,
  entry_pending, idempotency, lease TO :service_role;
GRANT UPDATE ON participant, enrollment, prescription_authorization, lease TO :service_role;
GRANT UPDATE (phone, postal_code, told_result_at) ON patient TO :service_role;
GRANT UPDATE (returned_at, returned_unopened) ON fill TO :service_role;
GRANT UPDATE (unlinked_at, unlinked_by) ON patient_link TO :service_role;
GRANT UPDATE (owner, due_at, closed_at, closed_by, resolution) ON finding TO :service_role;
GRANT DELETE ON idempotency TO :service_role;

DO $$
BEGIN
  ASSERT (SELECT count(*) FROM pg_indexes WHERE indexname IN ('fill_once', 'authorization_one_open', 'entry_version')) = 3, 'a safety index is missing';
END
$$;

-- down

DROP TABLE lease, idempotency, entry_pending, entry_values, entry, finding, patient_link, accommodation, fill, prescription_authorization, evidence,
  enrollment, patient, participant;
DROP FUNCTION epoch_ms(timestamptz);
