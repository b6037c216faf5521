-- Why: editions are published without a release. Their documents are kept by hash for as long as a decision names them, and each step of their life is a row that two persons have signed and nobody can change.
-- up

-- The exact bytes that the hash is of. Those of the programs folder are put in at each start, so that a decision under a rule that a later
-- release no longer ships can still be taken again.
CREATE TABLE edition_document (
  hash text PRIMARY KEY,
  program text NOT NULL,
  edition text NOT NULL,
  origin text NOT NULL CHECK (origin IN ('shipped', 'drafted')),
  -- RFC 8785 canonical JSON, UTF-8
  document bytea NOT NULL,
  effective_from timestamptz(3) NOT NULL,
  drafted_by uuid,
  recorded_at timestamptz(3) NOT NULL,
  CONSTRAINT edition_document_is_its_hash CHECK (hash = encode(sha256(document), 'hex')),
  CONSTRAINT edition_document_drafted CHECK ((origin = 'drafted') = (drafted_by IS NOT NULL)),
  -- named by the steps, which repeat the author so that a check can compare two columns of one row
  CONSTRAINT edition_document_author UNIQUE (hash, drafted_by)
);
CREATE INDEX edition_document_of_program ON edition_document (program);

CREATE TABLE edition_step (
  hash text NOT NULL,
  step text NOT NULL CHECK (step IN ('drafted', 'checked', 'approved', 'withdrawn')),
  -- the step before, which has to be there: nothing is approved that was not checked
  follows text,
  drafted_by uuid NOT NULL,
  taken_by uuid NOT NULL,
  at timestamptz(3) NOT NULL,
  entry_id uuid NOT NULL,
  reason text,
  -- counts the changes of what is in force; every read of a decision brings the last one, so that each process notices a change at once
  revision integer,
  PRIMARY KEY (hash, step),
  CONSTRAINT edition_step_author FOREIGN KEY (hash, drafted_by) REFERENCES edition_document (hash, drafted_by),
  CONSTRAINT edition_step_order FOREIGN KEY (hash, follows) REFERENCES edition_step (hash, step),
  CONSTRAINT edition_step_follows CHECK (CASE step WHEN 'drafted' THEN follows IS NULL WHEN 'checked' THEN follows = 'drafted'
    WHEN 'approved' THEN follows = 'checked' ELSE follows IN ('drafted', 'checked', 'approved') END),
  CONSTRAINT edition_step_drafted CHECK (step <> 'drafted' OR taken_by = drafted_by),
  CONSTRAINT edition_step_two_persons CHECK (step <> 'approved' OR taken_by <> drafted_by),
  CONSTRAINT edition_step_revision CHECK ((step = 'approved' OR (step = 'withdrawn' AND follows = 'approved')) = (revision IS NOT NULL)),
  CONSTRAINT edition_step_reason CHECK (step <> 'withdrawn' OR reason IS NOT NULL)
);
-- one change at a time: two approvals of one moment both read the same catalogue, and only one of them was judged beside it
CREATE UNIQUE INDEX edition_step_one_change ON edition_step (revision) WHERE revision IS NOT NULL;

-- Guides and forms, as text, by the hash that editions name them by.
CREATE TABLE edition_material (
  sha256 text PRIMARY KEY,
  content bytea NOT NULL,
  recorded_at timestamptz(3) NOT NULL,
  CONSTRAINT edition_material_is_its_hash CHECK (sha256 = encode(sha256(content), 'hex'))
);

-- Never changed and never deleted, by grant.
GRANT SELECT, INSERT ON edition_document, edition_step, edition_material TO :service_role;

DO $$
BEGIN
  ASSERT (SELECT count(*) FROM pg_constraint WHERE conname IN ('edition_step_two_persons', 'edition_step_order', 'edition_document_is_its_hash')) = 3,
    'an edition could be approved by its author, without a check, or under the hash of another';
END
$$;

-- down

-- Takes the documents of published editions with it: decisions under them cannot be taken again until they are put back.
DROP TABLE edition_material, edition_step, edition_document;
