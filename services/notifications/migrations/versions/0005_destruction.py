"""Letters and addresses go under an order to destroy them, and in no other way."""

from alembic import op

from services.common.ddl import destroyable, destruction_orders

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# What waits is not old; for one person it goes all the same, and is sent no more. A letter by whose link an address was
# held stays as long as that is known.
DELIVERY = """gone.state <> 'running'
    AND NOT EXISTS (SELECT FROM held_address AS held
        WHERE held.school_id = gone.school_id AND held.delivery_id = gone.id)
    AND CASE WHEN due.person_id IS NULL THEN gone.state NOT IN ('pending', 'held') AND gone.created_at < due.before
        ELSE due.person_id = ANY (gone.guardian_ids) OR EXISTS (SELECT FROM message
            WHERE message.school_id = gone.school_id AND message.id = gone.message_id
            AND message.student_id = due.person_id) END"""
MESSAGE = """NOT EXISTS (SELECT FROM delivery
        WHERE delivery.school_id = gone.school_id AND delivery.message_id = gone.id)
    AND CASE WHEN due.person_id IS NULL THEN gone.due_at < due.before ELSE gone.student_id = due.person_id END"""
ABSENCE = "CASE WHEN due.person_id IS NULL THEN gone.taught_on < due.before ELSE gone.student_id = due.person_id END"


def upgrade() -> None:
    floors = {"letters": 1, "held_addresses": 1}
    op.execute(destruction_orders("notifications", floors, erasable=["letters"]))
    op.execute(destroyable("delivery", "notifications", "letters", DELIVERY))
    op.execute(destroyable("message", "notifications", "letters", MESSAGE))
    op.execute(destroyable("absence", "notifications", "letters", ABSENCE))
    op.execute(destroyable("held_address", "notifications", "held_addresses", "gone.lifted_at < due.before"))
