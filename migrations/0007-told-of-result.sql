-- Why: that she was told of a result is a fact of an enrollment, and stands there with its time. The column on her person repeated it, and in two
-- programs the entries of one no longer gave what the other had written into it (I14): it is read from the facts now.
-- up

DO $$
BEGIN
  ASSERT NOT EXISTS (
    SELECT 1 FROM patient p WHERE p.told_result_at IS DISTINCT FROM
      (SELECT max(v.recorded_at) FROM evidence v WHERE v.patient_id = p.id AND v.kind = 'result-told')
  ), 'somebody was told of a result, and no fact says so';
END
$$;
ALTER TABLE patient DROP COLUMN told_result_at;

-- down

ALTER TABLE patient ADD COLUMN told_result_at timestamptz(3);
UPDATE patient p SET told_result_at = (SELECT max(v.recorded_at) FROM evidence v WHERE v.patient_id = p.id AND v.kind = 'result-told');
GRANT UPDATE (told_result_at) ON patient TO :service_role;
