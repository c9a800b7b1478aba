"""Counters of what happens in workers, shown among the metrics."""

from alembic import op

from services.common.ddl import TALLY

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(TALLY)
