"""Row-level security reads the school once for a statement."""

from alembic import op

from services.common.ddl import renew_school_security

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(renew_school_security())
