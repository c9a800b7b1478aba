"""Documents of a school, their versions and who accepted which."""

from alembic import op

from services.common.ddl import audit, enable_school_security, keep

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE document (
    school_id uuid NOT NULL CONSTRAINT document_school_id_fkey REFERENCES school (id),
    id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT document_kind_check CHECK (kind IN ('rules', 'guide')),
    audience text NOT NULL CONSTRAINT document_audience_check
        CHECK (audience IN ('everyone', 'pupils', 'guardians', 'teachers')),
    title text NOT NULL,
    asks boolean NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    annulled_at timestamptz,
    annulled_by uuid,
    CONSTRAINT document_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT document_annulled_check CHECK ((annulled_at IS NULL) = (annulled_by IS NULL))
);

CREATE TABLE document_version (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    document_id uuid NOT NULL,
    number integer NOT NULL,
    text text,
    pdf bytea,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    published_at timestamptz,
    published_by uuid,
    CONSTRAINT document_version_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT document_version_school_id_document_id_fkey FOREIGN KEY (school_id, document_id)
        REFERENCES document (school_id, id),
    CONSTRAINT document_version_school_id_document_id_number_key UNIQUE (school_id, document_id, number),
    CONSTRAINT document_version_content_check CHECK ((text IS NULL) <> (pdf IS NULL)),
    CONSTRAINT document_version_published_check CHECK ((published_at IS NULL) = (published_by IS NULL))
);

CREATE TABLE document_acceptance (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    version_id uuid NOT NULL,
    person_id uuid NOT NULL,
    accepted_at timestamptz NOT NULL,
    CONSTRAINT document_acceptance_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT document_acceptance_school_id_version_id_fkey FOREIGN KEY (school_id, version_id)
        REFERENCES document_version (school_id, id),
    CONSTRAINT document_acceptance_school_id_version_id_person_id_key UNIQUE (school_id, version_id, person_id)
);
"""


def upgrade() -> None:
    op.execute(TABLES)
    for table in ("document", "document_version", "document_acceptance"):
        op.execute(enable_school_security(table))
        op.execute(keep(table, "accounts"))
    # What was written stays as it was written; what becomes of it is told.
    op.execute("REVOKE UPDATE ON document, document_version, document_acceptance FROM accounts_app")
    op.execute("GRANT UPDATE (annulled_at, annulled_by) ON document TO accounts_app")
    op.execute("GRANT UPDATE (published_at, published_by) ON document_version TO accounts_app")
    op.execute(audit("document", "id", ["kind", "audience", "title", "asks", "annulled_at", "annulled_by"]))
    op.execute(audit("document_version", "id", ["document_id", "number", "published_at", "published_by"]))
    op.execute(audit("document_acceptance", "id", ["version_id", "person_id", "accepted_at"]))
