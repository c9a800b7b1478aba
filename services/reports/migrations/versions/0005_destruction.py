"""Files of reports go under an order to destroy them, and in no other way; that a report was made stays known."""

from alembic import op

from services.common.ddl import destroyable, destruction_orders

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FILE = """EXISTS (SELECT FROM report_job AS job WHERE job.school_id = gone.school_id AND job.id = gone.job_id
    AND job.finished_at < due.before)"""


def upgrade() -> None:
    op.execute(destruction_orders("reports", {"report_files": 5}))
    op.execute(destroyable("report_file", "reports", "report_files", FILE))
