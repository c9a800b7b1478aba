"""Contacts and the log of access to cards go under an order to destroy them, and in no other way."""

from alembic import op

from services.common.ddl import destroyable, destruction_orders

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Somebody who has left; or who was here for children alone, all of whom have left or are looked after by others.
CONTACT = """CASE WHEN due.person_id IS NOT NULL THEN gone.person_id = due.person_id
    ELSE EXISTS (SELECT FROM person WHERE person.school_id = gone.school_id AND person.id = gone.person_id
            AND person.left_on < due.before)
        OR (EXISTS (SELECT FROM guardianship AS link WHERE link.school_id = gone.school_id
                AND link.guardian_id = gone.person_id)
            AND NOT EXISTS (SELECT FROM guardianship AS link JOIN person AS pupil
                ON pupil.school_id = link.school_id AND pupil.id = link.student_id
                WHERE link.school_id = gone.school_id AND link.guardian_id = gone.person_id
                AND coalesce(link.to_day >= due.before, true) AND coalesce(pupil.left_on >= due.before, true))
            AND NOT EXISTS (SELECT FROM staff
                WHERE staff.school_id = gone.school_id AND staff.person_id = gone.person_id)
            AND NOT EXISTS (SELECT FROM student
                WHERE student.school_id = gone.school_id AND student.person_id = gone.person_id))
    END"""


def upgrade() -> None:
    op.execute(destruction_orders("journal", {"contacts": 0, "card_views": 3}, erasable=["contacts"]))
    op.execute(destroyable("contact", "journal", "contacts", CONTACT))
    op.execute(destroyable("card_view", "journal", "card_views", "gone.at < due.before"))
