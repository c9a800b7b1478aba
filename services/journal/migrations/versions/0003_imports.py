"""Lists that come in as files, and what lists declared of consents."""

from alembic import op

from services.common.ddl import audit, enable_school_security

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE import_file (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    file_name text NOT NULL,
    encoding text NOT NULL,
    header_row integer NOT NULL,
    cells jsonb NOT NULL,
    fields jsonb NOT NULL,
    guessed boolean NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    committed_at timestamptz,
    digest text,
    answer jsonb,
    CONSTRAINT import_file_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT import_file_kind_check CHECK (kind IN ('students')),
    CONSTRAINT import_file_committed_check CHECK ((committed_at IS NULL) = (answer IS NULL))
);
CREATE INDEX import_file_created_at_idx ON import_file (created_at);

CREATE TABLE declared_consent (
    school_id uuid NOT NULL,
    student_id uuid NOT NULL,
    guardian_id uuid NOT NULL,
    decision text NOT NULL,
    signed_on date NOT NULL,
    import_id uuid NOT NULL,
    CONSTRAINT declared_consent_pkey PRIMARY KEY (school_id, student_id, guardian_id),
    CONSTRAINT declared_consent_decision_check CHECK (decision IN ('given', 'refused')),
    CONSTRAINT declared_consent_school_id_student_id_fkey
        FOREIGN KEY (school_id, student_id) REFERENCES student (school_id, person_id),
    CONSTRAINT declared_consent_school_id_guardian_id_fkey
        FOREIGN KEY (school_id, guardian_id) REFERENCES guardian (school_id, person_id)
);
"""


def upgrade() -> None:
    op.execute(TABLES)
    for table in ("import_file", "declared_consent"):
        op.execute(enable_school_security(table))
    # The cells are not logged: they go with the file, and what came of them is in the log of each table.
    op.execute(audit("import_file", "id", ["kind", "file_name", "committed_at", "digest"]))
    op.execute(audit("declared_consent", "student_id", ["guardian_id", "decision", "signed_on", "import_id"]))
