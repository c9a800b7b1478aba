"""Who looked at whose personal card: written once, never changed."""

from alembic import op

from services.common.ddl import enable_school_security

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE card_view (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    viewer_id uuid NOT NULL,
    person_id uuid NOT NULL,
    request_id text NOT NULL,
    CONSTRAINT card_view_pkey PRIMARY KEY (school_id, id)
);
CREATE INDEX card_view_school_id_at_idx ON card_view (school_id, at);
CREATE INDEX card_view_school_id_person_id_idx ON card_view (school_id, person_id);
REVOKE UPDATE, DELETE, TRUNCATE ON card_view FROM journal_app;
"""


def upgrade() -> None:
    op.execute(TABLE)
    op.execute(enable_school_security("card_view"))
