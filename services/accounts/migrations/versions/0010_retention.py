"""Terms for which data are kept, acts by which they are destroyed, the log of sign-ins that goes under one, and the
act that a request leads to."""

from alembic import op

from services.common.ddl import audit, destroyable, destruction_orders, enable_school_security, keep

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE retention_term (
    school_id uuid NOT NULL CONSTRAINT retention_term_school_id_fkey REFERENCES school (id),
    category text NOT NULL,
    years integer NOT NULL,
    order_number text NOT NULL,
    order_date date NOT NULL,
    decided_by uuid NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT retention_term_pkey PRIMARY KEY (school_id, category),
    CONSTRAINT retention_term_years_check CHECK (coalesce(years BETWEEN (CASE category
        WHEN 'contacts' THEN 0 WHEN 'card_views' THEN 3 WHEN 'journal_results' THEN 5 WHEN 'summary_sheets' THEN 25
        WHEN 'letters' THEN 1 WHEN 'held_addresses' THEN 1 WHEN 'report_files' THEN 5 WHEN 'sign_ins' THEN 1
        WHEN 'consents' THEN 3 WHEN 'scans' THEN 3 END) AND 75, false))
);

CREATE TABLE destruction_act (
    school_id uuid NOT NULL CONSTRAINT destruction_act_school_id_fkey REFERENCES school (id),
    id uuid NOT NULL,
    number integer NOT NULL,
    reason text NOT NULL CONSTRAINT destruction_act_reason_check CHECK (reason IN ('term', 'demand', 'withdrawal')),
    person_id uuid,
    subject text NOT NULL,
    processor text NOT NULL,
    made_at timestamptz NOT NULL,
    made_by uuid NOT NULL,
    maker text NOT NULL,
    approved_at timestamptz,
    approved_by uuid,
    approver text NOT NULL DEFAULT '',
    operator_name text NOT NULL DEFAULT '',
    operator_address text NOT NULL DEFAULT '',
    cancelled_at timestamptz,
    cancelled_by uuid,
    done_at timestamptz,
    CONSTRAINT destruction_act_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT destruction_act_school_id_number_key UNIQUE (school_id, number),
    CONSTRAINT destruction_act_person_check CHECK ((person_id IS NULL) = (reason = 'term')),
    CONSTRAINT destruction_act_approved_check CHECK ((approved_at IS NULL) = (approved_by IS NULL)),
    CONSTRAINT destruction_act_cancelled_check CHECK ((cancelled_at IS NULL) = (cancelled_by IS NULL)),
    CONSTRAINT destruction_act_state_check CHECK (num_nonnulls(approved_at, cancelled_at) < 2
        AND (done_at IS NULL OR approved_at IS NOT NULL))
);

CREATE TABLE destruction_part (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    act_id uuid NOT NULL,
    category text NOT NULL,
    before date,
    ask_at timestamptz,
    destroyed integer,
    done_at timestamptz,
    CONSTRAINT destruction_part_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT destruction_part_school_id_act_id_fkey FOREIGN KEY (school_id, act_id)
        REFERENCES destruction_act (school_id, id),
    CONSTRAINT destruction_part_school_id_act_id_category_key UNIQUE (school_id, act_id, category),
    CONSTRAINT destruction_part_done_check CHECK ((done_at IS NULL) = (destroyed IS NULL))
);
CREATE INDEX destruction_part_school_id_ask_at_idx ON destruction_part (school_id, ask_at)
    WHERE ask_at IS NOT NULL AND done_at IS NULL;
"""

# What an act says is not changed afterwards; what becomes of it is told.
FAST = """
REVOKE UPDATE ON destruction_act, destruction_part FROM accounts_app;
GRANT UPDATE (approved_at, approved_by, approver, operator_name, operator_address, cancelled_at, cancelled_by, done_at)
    ON destruction_act TO accounts_app;
GRANT UPDATE (ask_at, destroyed, done_at) ON destruction_part TO accounts_app;
"""

# As far as a school may read the log, it may let it go: of what concerns an account everywhere its year is the least
# that any school keeps.
SIGN_INS = """
CREATE POLICY under_order ON sign_in_event FOR DELETE USING (
    coalesce(in_school = (SELECT NULLIF(current_setting('app.school_id', true), '')::uuid), true)
    AND EXISTS (
        SELECT FROM membership WHERE membership.account_id = sign_in_event.account_id
        AND membership.school_id = (SELECT NULLIF(current_setting('app.school_id', true), '')::uuid)
    )
);
"""

REQUESTS = """
DROP TRIGGER change_log ON privacy_request;
ALTER TABLE privacy_request ADD COLUMN act_id uuid,
    ADD CONSTRAINT privacy_request_school_id_act_id_fkey FOREIGN KEY (school_id, act_id)
        REFERENCES destruction_act (school_id, id);
GRANT UPDATE (act_id) ON privacy_request TO accounts_app;
"""


def upgrade() -> None:
    op.execute(TABLES)
    for table in ("retention_term", "destruction_act", "destruction_part"):
        op.execute(enable_school_security(table))
        op.execute(keep(table, "accounts"))
    op.execute(FAST)
    op.execute(audit("retention_term", "school_id", ["category", "years", "order_number", "order_date", "decided_by"]))
    decided = ["number", "reason", "person_id", "made_by", "approved_at", "approved_by", "cancelled_at", "cancelled_by"]
    op.execute(audit("destruction_act", "id", [*decided, "done_at"], ["subject"]))
    op.execute(audit("destruction_part", "act_id", ["category", "before", "destroyed", "done_at"]))
    op.execute(destruction_orders("accounts", {"sign_ins": 1}))
    op.execute(SIGN_INS)
    op.execute(destroyable("sign_in_event", "accounts", "sign_ins", "gone.at < due.before"))
    op.execute(REQUESTS)
    shown = ["number", "kind", "subject_id", "requester_id", "source", "received_on", "recorded_by", "due_on"]
    shown += ["extended_on", "closed_at", "closed_by", "outcome", "grounds", "dispute_id", "act_id"]
    op.execute(audit("privacy_request", "id", shown, ["text", "document", "extension_reason", "answer"]))
