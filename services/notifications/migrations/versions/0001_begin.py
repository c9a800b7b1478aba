"""Copies of people, messages and their deliveries, addresses that are held."""

from alembic import op

from services.common.ddl import audit, enable_school_security, keep, plumbing

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE school (
    id uuid CONSTRAINT school_pkey PRIMARY KEY,
    name text NOT NULL,
    zone text NOT NULL
);

CREATE TABLE mail_setting (
    school_id uuid CONSTRAINT mail_setting_pkey PRIMARY KEY,
    mark_delay_minutes integer NOT NULL DEFAULT 0
        CONSTRAINT mail_setting_mark_delay_check CHECK (mark_delay_minutes BETWEEN 0 AND 15),
    absence_delay_minutes integer NOT NULL DEFAULT 10
        CONSTRAINT mail_setting_absence_delay_check CHECK (absence_delay_minutes BETWEEN 0 AND 60),
    version integer NOT NULL DEFAULT 1
);

CREATE TABLE person (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    first_name text NOT NULL,
    middle_name text NOT NULL,
    email text,
    version integer NOT NULL,
    CONSTRAINT person_pkey PRIMARY KEY (school_id, id)
);

CREATE TABLE guardianship (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    student_id uuid NOT NULL,
    guardian_id uuid NOT NULL,
    from_day date NOT NULL,
    to_day date,
    restricted boolean NOT NULL,
    version integer NOT NULL,
    CONSTRAINT guardianship_pkey PRIMARY KEY (school_id, id)
);
CREATE INDEX guardianship_school_id_student_id_idx ON guardianship (school_id, student_id);

CREATE TABLE absence (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    student_id uuid NOT NULL,
    taught_on date NOT NULL,
    number integer NOT NULL,
    subject text NOT NULL,
    absent boolean NOT NULL,
    version integer NOT NULL,
    CONSTRAINT absence_pkey PRIMARY KEY (school_id, id)
);
CREATE INDEX absence_school_id_student_id_taught_on_idx ON absence (school_id, student_id, taught_on);

CREATE TABLE message (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT message_kind_check CHECK (kind IN ('mark', 'absence')),
    cause_id uuid NOT NULL,
    cause_version integer NOT NULL,
    student_id uuid NOT NULL,
    taught_on date NOT NULL,
    subject text NOT NULL DEFAULT '',
    work_type_title text NOT NULL DEFAULT '',
    symbol text,
    before text,
    due_at timestamptz NOT NULL,
    request_id text NOT NULL DEFAULT '',
    CONSTRAINT message_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT message_school_id_kind_cause_id_cause_version_key
        UNIQUE (school_id, kind, cause_id, cause_version)
);

CREATE TABLE delivery (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    message_id uuid NOT NULL,
    address text NOT NULL,
    guardian_ids uuid[] NOT NULL,
    state text NOT NULL CONSTRAINT delivery_state_check CHECK
        (state IN ('pending', 'running', 'held', 'done', 'failed', 'not_consented', 'replaced')),
    reason text NOT NULL DEFAULT '',
    told text,
    attempt integer NOT NULL DEFAULT 0,
    not_before timestamptz NOT NULL,
    lease_until timestamptz,
    undecided_since timestamptz,
    finished_at timestamptz,
    token_hash text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT delivery_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT delivery_school_id_message_id_fkey FOREIGN KEY (school_id, message_id)
        REFERENCES message (school_id, id),
    CONSTRAINT delivery_school_id_message_id_address_key UNIQUE (school_id, message_id, address)
);
CREATE INDEX delivery_school_id_not_before_idx ON delivery (school_id, not_before)
    WHERE state IN ('pending', 'held', 'running');
CREATE INDEX delivery_school_id_address_idx ON delivery (school_id, address);
CREATE UNIQUE INDEX delivery_token_hash_idx ON delivery (token_hash);

CREATE TABLE held_address (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    address text NOT NULL,
    delivery_id uuid NOT NULL,
    held_at timestamptz NOT NULL,
    lifted_at timestamptz,
    CONSTRAINT held_address_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT held_address_school_id_delivery_id_fkey FOREIGN KEY (school_id, delivery_id)
        REFERENCES delivery (school_id, id)
);
CREATE UNIQUE INDEX held_address_school_id_address_idx ON held_address (school_id, address)
    WHERE lifted_at IS NULL;
"""

# Asked before a school is known: the token in the letter is the proof, its row gives the school.
BY_TOKEN = (
    "CREATE POLICY by_token ON delivery FOR SELECT"
    " USING (token_hash = NULLIF(current_setting('app.token_hash', true), ''))"
)


def upgrade() -> None:
    op.execute(plumbing("notifications"))
    op.execute(TABLES)
    for table in (
        "mail_setting", "person", "guardianship", "absence", "message", "delivery", "held_address",
    ):
        op.execute(enable_school_security(table))
    op.execute(BY_TOKEN)
    op.execute(audit("mail_setting", "school_id", ["mark_delay_minutes", "absence_delay_minutes"]))
    op.execute(audit("held_address", "id", ["held_at", "lifted_at"], ["address"]))
    for table in ("message", "delivery", "held_address"):
        op.execute(keep(table, "notifications"))
