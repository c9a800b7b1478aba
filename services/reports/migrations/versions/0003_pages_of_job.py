"""Names of a sheet's pictures stand at their job, also where the first migration had still made a table of them."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOVE = """
DO $body$
BEGIN
    IF to_regclass('report_page') IS NULL THEN
        RETURN;
    END IF;
    ALTER TABLE report_job ADD COLUMN pages text[] NOT NULL DEFAULT '{}';
    ALTER TABLE report_job ALTER COLUMN pages DROP DEFAULT;
    ALTER TABLE report_job NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE report_page NO FORCE ROW LEVEL SECURITY;
    UPDATE report_job j SET pages = found.names FROM (
        SELECT school_id, job_id, array_agg(sha256 ORDER BY number) AS names FROM report_page GROUP BY school_id, job_id
    ) found WHERE j.school_id = found.school_id AND j.id = found.job_id;
    ALTER TABLE report_job FORCE ROW LEVEL SECURITY;
    DROP TABLE report_page;
END
$body$;
"""


def upgrade() -> None:
    op.execute(MOVE)
