"""Requests about personal data with what was gathered for them, the office's own days, disputes about signers."""

from alembic import op

from services.common.ddl import audit, enable_school_security, keep

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE own_day (
    school_id uuid NOT NULL CONSTRAINT own_day_school_id_fkey REFERENCES school (id),
    id uuid NOT NULL,
    day date NOT NULL,
    working boolean NOT NULL,
    set_by uuid NOT NULL,
    set_at timestamptz NOT NULL,
    CONSTRAINT own_day_pkey PRIMARY KEY (school_id, id)
);

CREATE TABLE privacy_request (
    school_id uuid NOT NULL CONSTRAINT privacy_request_school_id_fkey REFERENCES school (id),
    id uuid NOT NULL,
    number integer NOT NULL,
    kind text NOT NULL CONSTRAINT privacy_request_kind_check
        CHECK (kind IN ('access', 'correction', 'restriction', 'erasure')),
    subject_id uuid NOT NULL,
    requester_id uuid NOT NULL,
    source text NOT NULL CONSTRAINT privacy_request_source_check CHECK (source IN ('office', 'system')),
    text text NOT NULL,
    document text NOT NULL,
    received_on date NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by uuid NOT NULL,
    due_on date NOT NULL,
    extended_on date,
    extension_reason text NOT NULL,
    closed_at timestamptz,
    closed_by uuid,
    outcome text CONSTRAINT privacy_request_outcome_check CHECK (outcome IN ('granted', 'refused', 'withdrawn')),
    grounds text,
    answer text NOT NULL,
    dispute_id uuid,
    CONSTRAINT privacy_request_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT privacy_request_school_id_dispute_id_fkey FOREIGN KEY (school_id, dispute_id)
        REFERENCES dispute (school_id, id),
    CONSTRAINT privacy_request_school_id_number_key UNIQUE (school_id, number),
    CONSTRAINT privacy_request_closed_check CHECK ((closed_at IS NULL) = (outcome IS NULL)),
    CONSTRAINT privacy_request_grounds_check CHECK ((outcome = 'refused') = (grounds IS NOT NULL)),
    CONSTRAINT privacy_request_answer_check CHECK (outcome = 'withdrawn' OR closed_at IS NULL OR answer <> ''),
    CONSTRAINT privacy_request_extended_check CHECK ((extended_on IS NULL) = (extension_reason = ''))
);
CREATE UNIQUE INDEX privacy_request_open_key ON privacy_request (school_id, subject_id, requester_id, kind)
    WHERE closed_at IS NULL;
CREATE INDEX privacy_request_school_id_requester_id_idx ON privacy_request (school_id, requester_id);

CREATE TABLE privacy_part (
    school_id uuid NOT NULL,
    request_id uuid NOT NULL,
    service text NOT NULL,
    attempt integer NOT NULL,
    ask_at timestamptz NOT NULL,
    received_at timestamptz,
    content bytea,
    let_go_at timestamptz,
    CONSTRAINT privacy_part_pkey PRIMARY KEY (school_id, request_id, service),
    CONSTRAINT privacy_part_school_id_request_id_fkey FOREIGN KEY (school_id, request_id)
        REFERENCES privacy_request (school_id, id),
    CONSTRAINT privacy_part_content_check CHECK (content IS NULL OR received_at IS NOT NULL),
    CONSTRAINT privacy_part_let_go_check CHECK (let_go_at IS NULL OR content IS NULL)
);
CREATE INDEX privacy_part_school_id_ask_at_idx ON privacy_part (school_id, ask_at) WHERE received_at IS NULL;

-- A dispute may be about a pupil or about a signer's own data.
DROP TRIGGER change_log ON dispute;
ALTER TABLE dispute RENAME COLUMN student_id TO person_id;
"""


def upgrade() -> None:
    op.execute(TABLES)
    for table in ("own_day", "privacy_request", "privacy_part"):
        op.execute(enable_school_security(table))
        op.execute(keep(table, "accounts"))
    # What was asked stays as it was asked; what becomes of it is told.
    op.execute("REVOKE UPDATE ON own_day, privacy_request, privacy_part FROM accounts_app")
    op.execute(
        "GRANT UPDATE (due_on, extended_on, extension_reason, closed_at, closed_by, outcome, grounds, answer,"
        " dispute_id) ON privacy_request TO accounts_app"
    )
    op.execute("GRANT UPDATE (attempt, ask_at, received_at, content, let_go_at) ON privacy_part TO accounts_app")
    op.execute(audit("own_day", "id", ["day", "working", "set_by"]))
    op.execute(audit("dispute", "id", ["person_id", "opened_at", "opened_by", "ended_at", "ended_by"], ["document"]))
    shown = ["number", "kind", "subject_id", "requester_id", "source", "received_on", "recorded_by", "due_on"]
    shown += ["extended_on", "closed_at", "closed_by", "outcome", "grounds", "dispute_id"]
    op.execute(audit("privacy_request", "id", shown, ["text", "document", "extension_reason", "answer"]))
    op.execute(audit("privacy_part", "request_id", ["service", "received_at", "let_go_at"]))
