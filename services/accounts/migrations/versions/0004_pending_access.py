"""Since when somebody waits to be let in, and who handed the slip over."""

from alembic import op

from services.common.ddl import audit

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE person ADD known_since timestamptz NOT NULL DEFAULT now()")
    op.execute("ALTER TABLE activation_code ADD handed_at timestamptz, ADD handed_by uuid")
    op.execute(
        "ALTER TABLE activation_code ADD CONSTRAINT activation_code_handed_check"
        " CHECK ((handed_at IS NULL) = (handed_by IS NULL))"
    )
    op.execute("DROP TRIGGER change_log ON activation_code")
    shown = ["person_id", "expires_at", "used_at", "revoked_at", "handed_at", "handed_by"]
    op.execute(audit("activation_code", "id", shown, ["token_hash"]))
