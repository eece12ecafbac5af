"""The SQL of the trigger that keeps the totals of projects, for the migrations that make it.

The trigger runs once per statement, whatever the number of rows, over the rows that the statement changed: one note per
project and statement, none if nothing that is counted changed. The foreign key cascades in the database, because deleting
a project deletes its traces, which notes them as taken away.
"""

FORWARD = """
ALTER TABLE annotation_tracetally ADD CONSTRAINT trace_tally_project
  FOREIGN KEY (project_id) REFERENCES annotation_project (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION annotation_tally_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO annotation_tracetally (project_id, traces, runs, errors, input_tokens, output_tokens, cost)
  SELECT project_id, count(*), sum(run_count), count(*) FILTER (WHERE status = 'error'),
    coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0), coalesce(sum(cost), 0)
  FROM added GROUP BY project_id;
  RETURN NULL;
END $$;

CREATE FUNCTION annotation_tally_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO annotation_tracetally (project_id, traces, runs, errors, input_tokens, output_tokens, cost)
  SELECT project_id, -count(*), -sum(run_count), -count(*) FILTER (WHERE status = 'error'),
    -coalesce(sum(input_tokens), 0), -coalesce(sum(output_tokens), 0), -coalesce(sum(cost), 0)
  FROM removed GROUP BY project_id;
  RETURN NULL;
END $$;

CREATE FUNCTION annotation_tally_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO annotation_tracetally (project_id, traces, runs, errors, input_tokens, output_tokens, cost)
  SELECT project_id, sum(traces), sum(runs), sum(errors), sum(input_tokens), sum(output_tokens), sum(cost)
  FROM (
    SELECT project_id, 1 AS traces, run_count AS runs, (status = 'error')::int AS errors,
      coalesce(input_tokens, 0) AS input_tokens, coalesce(output_tokens, 0) AS output_tokens, coalesce(cost, 0) AS cost
    FROM added
    UNION ALL
    SELECT project_id, -1, -run_count, -(status = 'error')::int,
      -coalesce(input_tokens, 0), -coalesce(output_tokens, 0), -coalesce(cost, 0)
    FROM removed
  ) AS both_sides
  GROUP BY project_id
  HAVING sum(traces) <> 0 OR sum(runs) <> 0 OR sum(errors) <> 0
    OR sum(input_tokens) <> 0 OR sum(output_tokens) <> 0 OR sum(cost) <> 0;
  RETURN NULL;
END $$;

CREATE TRIGGER tally_added AFTER INSERT ON annotation_trace
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION annotation_tally_added();
CREATE TRIGGER tally_removed AFTER DELETE ON annotation_trace
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION annotation_tally_removed();
CREATE TRIGGER tally_changed AFTER UPDATE ON annotation_trace
  REFERENCING NEW TABLE AS added OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION annotation_tally_changed();

INSERT INTO annotation_tracetally (project_id, traces, runs, errors, input_tokens, output_tokens, cost)
SELECT project_id, count(*), sum(run_count), count(*) FILTER (WHERE status = 'error'),
  coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0), coalesce(sum(cost), 0)
FROM annotation_trace GROUP BY project_id;
"""

BACKWARD = """
DROP TRIGGER tally_added ON annotation_trace;
DROP TRIGGER tally_removed ON annotation_trace;
DROP TRIGGER tally_changed ON annotation_trace;
DROP FUNCTION annotation_tally_added;
DROP FUNCTION annotation_tally_removed;
DROP FUNCTION annotation_tally_changed;
ALTER TABLE annotation_tracetally DROP CONSTRAINT trace_tally_project;
"""
