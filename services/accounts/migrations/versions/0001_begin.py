"""Schools, accounts, sessions, roles, codes, consents and the copies of journal's people."""

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
    zone text NOT NULL,
    founder_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE person (
    school_id uuid NOT NULL CONSTRAINT person_school_id_fkey REFERENCES school (id),
    id uuid NOT NULL,
    kinds text[] NOT NULL,
    last_name text NOT NULL,
    first_name text NOT NULL,
    middle_name text NOT NULL,
    birth_date date,
    left_on date,
    version integer NOT NULL,
    CONSTRAINT person_pkey PRIMARY KEY (school_id, id)
);

CREATE TABLE guardianship (
    school_id uuid NOT NULL CONSTRAINT guardianship_school_id_fkey REFERENCES school (id),
    id uuid NOT NULL,
    student_id uuid NOT NULL,
    guardian_id uuid NOT NULL,
    relation text NOT NULL,
    from_on date NOT NULL,
    to_on date,
    restricted boolean NOT NULL,
    version integer NOT NULL,
    CONSTRAINT guardianship_pkey PRIMARY KEY (school_id, id)
);
CREATE INDEX guardianship_school_id_guardian_id_idx ON guardianship (school_id, guardian_id);
CREATE INDEX guardianship_school_id_student_id_idx ON guardianship (school_id, student_id);

CREATE TABLE enrollment (
    school_id uuid NOT NULL CONSTRAINT enrollment_school_id_fkey REFERENCES school (id),
    id uuid NOT NULL,
    student_id uuid NOT NULL,
    class_id uuid NOT NULL,
    class_name text NOT NULL,
    from_on date NOT NULL,
    to_on date,
    version integer NOT NULL,
    CONSTRAINT enrollment_pkey PRIMARY KEY (school_id, id)
);
CREATE INDEX enrollment_school_id_class_id_idx ON enrollment (school_id, class_id);
CREATE INDEX enrollment_school_id_student_id_idx ON enrollment (school_id, student_id);

CREATE TABLE account (
    id uuid CONSTRAINT account_pkey PRIMARY KEY,
    login text NOT NULL CONSTRAINT account_login_key UNIQUE,
    password_hash text,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE membership (
    school_id uuid NOT NULL CONSTRAINT membership_school_id_fkey REFERENCES school (id),
    id uuid NOT NULL,
    account_id uuid NOT NULL CONSTRAINT membership_account_id_fkey REFERENCES account (id),
    person_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    CONSTRAINT membership_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT membership_school_id_person_id_key UNIQUE (school_id, person_id),
    CONSTRAINT membership_school_id_account_id_key UNIQUE (school_id, account_id)
);
CREATE INDEX membership_account_id_idx ON membership (account_id);

CREATE TABLE role (
    school_id uuid NOT NULL CONSTRAINT role_school_id_fkey REFERENCES school (id),
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT role_kind_check
        CHECK (kind IN ('director', 'deputy', 'administrator', 'secretary', 'medic')),
    classes uuid[],
    directions text[],
    from_on date NOT NULL,
    to_on date,
    order_number text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT role_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT role_order_check CHECK (to_on IS NULL OR to_on >= from_on)
);
CREATE INDEX role_school_id_person_id_idx ON role (school_id, person_id);

CREATE TABLE session (
    id uuid CONSTRAINT session_pkey PRIMARY KEY,
    token_hash text NOT NULL CONSTRAINT session_token_hash_key UNIQUE,
    kind text NOT NULL CONSTRAINT session_kind_check CHECK (kind IN ('browser', 'app', 'program')),
    account_id uuid NOT NULL CONSTRAINT session_account_id_fkey REFERENCES account (id),
    current_school uuid NOT NULL CONSTRAINT session_current_school_fkey REFERENCES school (id),
    device_name text NOT NULL,
    trusted boolean NOT NULL,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    confirmed_at timestamptz NOT NULL,
    idle_until timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX session_account_id_idx ON session (account_id);

CREATE TABLE sign_in_attempt (
    id uuid CONSTRAINT sign_in_attempt_pkey PRIMARY KEY,
    login_hash text NOT NULL,
    address_hash text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX sign_in_attempt_login_hash_at_idx ON sign_in_attempt (login_hash, at);
CREATE INDEX sign_in_attempt_address_hash_at_idx ON sign_in_attempt (address_hash, at);

CREATE TABLE known_device (
    account_id uuid NOT NULL CONSTRAINT known_device_account_id_fkey REFERENCES account (id),
    key_hash text NOT NULL,
    failures integer NOT NULL,
    last_used_at timestamptz NOT NULL,
    CONSTRAINT known_device_pkey PRIMARY KEY (account_id, key_hash)
);

CREATE TABLE activation_code (
    school_id uuid NOT NULL CONSTRAINT activation_code_school_id_fkey REFERENCES school (id),
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    account_id uuid NOT NULL,
    token_hash text NOT NULL CONSTRAINT activation_code_token_hash_key UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    tries integer NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT activation_code_pkey PRIMARY KEY (school_id, id)
);
CREATE INDEX activation_code_school_id_person_id_idx ON activation_code (school_id, person_id);

CREATE TABLE consent (
    school_id uuid NOT NULL CONSTRAINT consent_school_id_fkey REFERENCES school (id),
    id uuid NOT NULL,
    student_id uuid NOT NULL,
    guardian_id uuid NOT NULL,
    purpose text NOT NULL CONSTRAINT consent_purpose_check
        CHECK (purpose IN ('diary', 'mail', 'photo', 'third_parties')),
    decision text NOT NULL CONSTRAINT consent_decision_check CHECK (decision IN ('given', 'refused')),
    signed_on date NOT NULL,
    until date,
    document text NOT NULL,
    source text NOT NULL CONSTRAINT consent_source_check CHECK (source IN ('office', 'system', 'import')),
    import_id uuid,
    recorded_by uuid,
    recorded_at timestamptz NOT NULL,
    counts boolean NOT NULL,
    superseded_at timestamptz,
    withdrawn_at timestamptz,
    withdrawn_by uuid,
    withdrawn_import_id uuid,
    CONSTRAINT consent_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT consent_school_id_student_id_guardian_id_purpose_import_id_key
        UNIQUE (school_id, student_id, guardian_id, purpose, import_id)
);
CREATE UNIQUE INDEX consent_live_key ON consent (school_id, student_id, guardian_id, purpose)
    WHERE counts AND superseded_at IS NULL;
CREATE INDEX consent_live_guardian_idx ON consent (school_id, guardian_id)
    WHERE counts AND superseded_at IS NULL;

CREATE TABLE dispute (
    school_id uuid NOT NULL CONSTRAINT dispute_school_id_fkey REFERENCES school (id),
    id uuid NOT NULL,
    student_id uuid NOT NULL,
    document text NOT NULL,
    opened_at timestamptz NOT NULL,
    opened_by uuid NOT NULL,
    ended_at timestamptz,
    ended_by uuid,
    CONSTRAINT dispute_pkey PRIMARY KEY (school_id, id)
);
CREATE UNIQUE INDEX dispute_open_key ON dispute (school_id, student_id) WHERE ended_at IS NULL;
"""

ROLE_KINDS = ("director", "deputy", "administrator", "secretary", "medic")

OF_A_SCHOOL = (
    "person", "guardianship", "enrollment", "membership", "role", "activation_code", "consent", "dispute",
)

# Rows that are asked before a school is known, each by the proof in hand.
BY_PROOF = """
CREATE POLICY own ON membership FOR SELECT
    USING (account_id = NULLIF(current_setting('app.account_id', true), '')::uuid);
CREATE POLICY proof ON activation_code FOR SELECT
    USING (token_hash = NULLIF(current_setting('app.token_hash', true), ''));
"""


def upgrade() -> None:
    for statement in (plumbing("accounts"), TABLES):
        op.execute(statement)
    for kind in ROLE_KINDS:
        # The same role twice at once; text has no place in an exclusion constraint without an extension.
        op.execute(
            f"ALTER TABLE role ADD CONSTRAINT role_{kind}_excl EXCLUDE USING gist ("
            "uuidrange(school_id, school_id, '[]') WITH &&, uuidrange(person_id, person_id, '[]') WITH &&,"
            f" daterange(from_on, to_on) WITH &&) WHERE (kind = '{kind}')"
        )
    for table in OF_A_SCHOOL:
        op.execute(enable_school_security(table))
    op.execute(BY_PROOF)
    for table in ("membership", "role", "activation_code", "consent", "dispute"):
        op.execute(keep(table, "accounts"))
    op.execute(audit("membership", "id", ["account_id", "person_id", "ended_at"]))
    op.execute(
        audit("role", "id", ["person_id", "kind", "classes", "directions", "from_on", "to_on", "order_number"])
    )
    op.execute(
        audit("activation_code", "id", ["person_id", "expires_at", "used_at", "revoked_at"], ["token_hash"])
    )
    op.execute(
        audit(
            "consent",
            "id",
            ["student_id", "guardian_id", "purpose", "decision", "signed_on", "until", "source", "import_id",
             "counts", "superseded_at", "withdrawn_at", "withdrawn_by"],
            ["document"],
        )
    )
    op.execute(
        audit("dispute", "id", ["student_id", "opened_at", "opened_by", "ended_at", "ended_by"], ["document"])
    )
