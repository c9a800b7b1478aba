"""The copy of schools; jobs, their snapshots and files."""

from alembic import op

from services.common.ddl import audit, enable_school_security, keep, plumbing

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE school (
    id uuid CONSTRAINT school_pkey PRIMARY KEY,
    name text NOT NULL,
    zone text NOT NULL
);

CREATE TABLE snapshot (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT snapshot_kind_check CHECK (kind IN ('class_year')),
    object_id uuid NOT NULL,
    state text NOT NULL CONSTRAINT snapshot_state_check CHECK (state IN ('pending', 'ready', 'failed')),
    attempt integer NOT NULL,
    ask_at timestamptz NOT NULL,
    sha256 text,
    as_of timestamptz,
    failure text,
    CONSTRAINT snapshot_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT snapshot_ready_check CHECK ((state = 'ready') = (sha256 IS NOT NULL AND as_of IS NOT NULL))
);
CREATE INDEX snapshot_school_id_ask_at_idx ON snapshot (school_id, ask_at) WHERE state = 'pending';

CREATE TABLE report_job (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    form text NOT NULL,
    rule_version integer NOT NULL,
    parameters jsonb NOT NULL,
    formats text[] NOT NULL CONSTRAINT report_job_formats_check CHECK (cardinality(formats) > 0),
    class_id uuid NOT NULL,
    title text NOT NULL,
    author text NOT NULL,
    snapshot_id uuid NOT NULL,
    state text NOT NULL CONSTRAINT report_job_state_check CHECK
        (state IN ('pending', 'running', 'done', 'failed', 'cancelled')),
    attempt integer NOT NULL,
    lease_until timestamptz,
    failure text,
    pages text[] NOT NULL,
    requested_by uuid NOT NULL,
    requested_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT report_job_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT report_job_school_id_snapshot_id_fkey FOREIGN KEY (school_id, snapshot_id)
        REFERENCES snapshot (school_id, id),
    CONSTRAINT report_job_lease_check CHECK ((state = 'running') = (lease_until IS NOT NULL)),
    CONSTRAINT report_job_failure_check CHECK ((state = 'failed') = (failure IS NOT NULL))
);
CREATE INDEX report_job_school_id_requested_by_id_idx ON report_job (school_id, requested_by, id);
CREATE INDEX report_job_school_id_snapshot_id_idx ON report_job (school_id, snapshot_id);
CREATE INDEX report_job_open_idx ON report_job (school_id) WHERE state IN ('pending', 'running');

CREATE TABLE report_file (
    school_id uuid NOT NULL,
    job_id uuid NOT NULL,
    format text NOT NULL CONSTRAINT report_file_format_check CHECK (format IN ('pdf', 'xlsx')),
    sha256 text NOT NULL,
    size bigint NOT NULL CONSTRAINT report_file_size_check CHECK (size > 0),
    CONSTRAINT report_file_pkey PRIMARY KEY (school_id, job_id, format),
    CONSTRAINT report_file_school_id_job_id_fkey FOREIGN KEY (school_id, job_id)
        REFERENCES report_job (school_id, id)
);
"""


def upgrade() -> None:
    op.execute(plumbing("reports"))
    op.execute(TABLES)
    for table in ("snapshot", "report_job", "report_file"):
        op.execute(enable_school_security(table))
    op.execute(audit("report_job", "id", ["form", "rule_version", "parameters", "class_id", "snapshot_id", "state"]))
    op.execute(audit("report_file", "job_id", ["format", "sha256"]))
    for table in ("report_job", "report_file"):
        op.execute(keep(table, "reports"))
