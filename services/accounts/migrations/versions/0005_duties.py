"""The day of the order by which a role was given."""

from alembic import op

from services.common.ddl import audit

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_SHOWN = ["person_id", "kind", "classes", "directions", "from_on", "to_on", "order_number", "order_date"]


def upgrade() -> None:
    op.execute("ALTER TABLE role ADD order_date date")
    op.execute("DROP TRIGGER change_log ON role")
    op.execute(audit("role", "id", _SHOWN))
