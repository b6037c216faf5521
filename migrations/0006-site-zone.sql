-- Why: the day on which a parcel has to leave is a day of the pharmacy site. The site's own row says which zone that is; whoever asks may not choose it.
-- up

-- null: nobody has said it yet, and the program's zone counts.
ALTER TABLE participant ADD COLUMN zone text;
ALTER TABLE participant ADD CONSTRAINT participant_zone CHECK (zone IS NULL OR kind = 'pharmacy');

-- The grants on the whole table (0002) hold for the new column too.
DO $$
BEGIN
  ASSERT NOT EXISTS (SELECT 1 FROM participant WHERE zone IS NOT NULL), 'a zone is on record before anybody has set one';
END
$$;

-- down

ALTER TABLE participant DROP COLUMN zone;
