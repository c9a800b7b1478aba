"""Versions of facts are comparable within an epoch of journal's stream: a restored journal deals them once more."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE absence ADD COLUMN epoch text NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN epoch text NOT NULL DEFAULT '', ADD COLUMN fact_version integer NOT NULL DEFAULT 0;
"""
# Row-level security binds the owner, too, who has no school here.
KNOWN = """
ALTER TABLE message NO FORCE ROW LEVEL SECURITY;
UPDATE message SET fact_version = cause_version WHERE kind = 'mark';
ALTER TABLE message FORCE ROW LEVEL SECURITY;
"""


def upgrade() -> None:
    op.execute(COLUMNS)
    op.execute(KNOWN)
