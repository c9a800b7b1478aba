"""Events, schedule and change log."""

from alembic import op

from services.common.ddl import plumbing

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(plumbing("journal"))
