-- Why: who asks may not say who he is: the zone of a site's days, and a prescriber's licence, stand on their own rows.
-- up

-- The day on which a parcel has to leave is a day of the pharmacy site. null: nobody has said it yet, and the program's zone counts.
ALTER TABLE participant ADD COLUMN zone text;
ALTER TABLE participant ADD CONSTRAINT participant_zone CHECK (zone IS NULL OR kind = 'pharmacy');

-- A determination is another person's: names are typed in many ways, the licence is the person. null: not on record, the names are compared.
ALTER TABLE participant ADD COLUMN licence text;
ALTER TABLE participant ADD CONSTRAINT participant_licence CHECK (licence IS NULL OR kind = 'prescriber');

-- The grants on the whole table (0002) hold for the new columns too.
DO $$
BEGIN
  ASSERT NOT EXISTS (SELECT 1 FROM participant WHERE zone IS NOT NULL OR licence IS NOT NULL), 'something is on record before anybody has said it';
END
$$;

-- down

ALTER TABLE participant DROP COLUMN licence;
ALTER TABLE participant DROP COLUMN zone;
