"""Second factors and who must have one, remembered devices, the log of sign-ins, codes asked for anew."""

from alembic import op

from services.common.ddl import audit, enable_school_security, keep

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

FACTORS = """
CREATE TABLE second_factor (
    id uuid CONSTRAINT second_factor_pkey PRIMARY KEY,
    account_id uuid NOT NULL CONSTRAINT second_factor_account_id_fkey REFERENCES account (id),
    secret text,
    begun_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    last_step bigint,
    ended_at timestamptz,
    ended_by uuid,
    CONSTRAINT second_factor_confirmed_check CHECK ((confirmed_at IS NULL) = (last_step IS NULL)),
    CONSTRAINT second_factor_secret_check CHECK ((secret IS NULL) = (ended_at IS NOT NULL))
);
CREATE UNIQUE INDEX second_factor_live_key ON second_factor (account_id) WHERE ended_at IS NULL;

CREATE TABLE recovery_code (
    id uuid CONSTRAINT recovery_code_pkey PRIMARY KEY,
    factor_id uuid NOT NULL CONSTRAINT recovery_code_factor_id_fkey REFERENCES second_factor (id),
    selector text NOT NULL,
    code_hash text NOT NULL,
    made_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz
);
CREATE UNIQUE INDEX recovery_code_live_key ON recovery_code (factor_id, selector)
    WHERE used_at IS NULL AND revoked_at IS NULL;

CREATE TABLE sign_in_policy (
    school_id uuid CONSTRAINT sign_in_policy_pkey PRIMARY KEY
        CONSTRAINT sign_in_policy_school_id_fkey REFERENCES school (id),
    second_factor_roles text[] NOT NULL CONSTRAINT sign_in_policy_second_factor_roles_check
        CHECK (second_factor_roles <@ ARRAY['director', 'deputy', 'administrator', 'secretary', 'medic'])
);
"""

# With defaults: the version that still runs while this is applied knows nothing of these columns.
DEVICES = """
ALTER TABLE known_device
    ADD id uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD name text NOT NULL DEFAULT '',
    ADD trusted_until timestamptz;
ALTER TABLE known_device ADD CONSTRAINT known_device_id_key UNIQUE (id);
ALTER TABLE session ADD device_key_hash text NOT NULL DEFAULT '';

CREATE TABLE known_address (
    account_id uuid NOT NULL CONSTRAINT known_address_account_id_fkey REFERENCES account (id),
    address_hash text NOT NULL,
    last_used_at timestamptz NOT NULL,
    CONSTRAINT known_address_pkey PRIMARY KEY (account_id, address_hash)
);
ALTER TABLE sign_in_attempt
    ADD familiar boolean NOT NULL DEFAULT false,
    ADD wait_told boolean NOT NULL DEFAULT false;
"""

# An account stands above schools: a school reads what happened to the accounts of its people, but for what happened in
# another school. Nobody is signed in yet when most of it is written.
LOG = """
CREATE TABLE sign_in_event (
    id uuid CONSTRAINT sign_in_event_pkey PRIMARY KEY,
    account_id uuid NOT NULL CONSTRAINT sign_in_event_account_id_fkey REFERENCES account (id),
    in_school uuid CONSTRAINT sign_in_event_in_school_fkey REFERENCES school (id),
    kind text NOT NULL CONSTRAINT sign_in_event_kind_check CHECK (kind IN (
        'signed_in', 'signed_out', 'wrong_password', 'wrong_code', 'delayed', 'factor_set', 'factor_ended',
        'recovery_codes_made', 'recovery_code_used', 'password_changed', 'password_reset', 'reset_asked',
        'session_ended', 'device_forgotten', 'slip_used', 'school_changed')),
    at timestamptz NOT NULL,
    device text NOT NULL,
    network text NOT NULL
);
CREATE INDEX sign_in_event_account_id_id_idx ON sign_in_event (account_id, id);
ALTER TABLE sign_in_event ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY people_of_school ON sign_in_event FOR SELECT USING (
    coalesce(in_school = (SELECT NULLIF(current_setting('app.school_id', true), '')::uuid), true)
    AND EXISTS (
        SELECT FROM membership WHERE membership.account_id = sign_in_event.account_id
        AND membership.school_id = (SELECT NULLIF(current_setting('app.school_id', true), '')::uuid)
    )
);
CREATE POLICY told ON sign_in_event FOR INSERT WITH CHECK (true);
REVOKE UPDATE, DELETE, TRUNCATE ON sign_in_event FROM accounts_app;
"""

# Who asks has shown no more than a login, and no school is set. Without a change log, which belongs to a school: when it
# was asked stands in the log of sign-ins, when it was answered in the change log of activation codes.
REQUESTS = """
CREATE TABLE code_request (
    school_id uuid NOT NULL CONSTRAINT code_request_school_id_fkey REFERENCES school (id),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    account_id uuid NOT NULL CONSTRAINT code_request_account_id_fkey REFERENCES account (id),
    person_id uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    settled_at timestamptz,
    CONSTRAINT code_request_pkey PRIMARY KEY (school_id, id)
);
CREATE UNIQUE INDEX code_request_open_key ON code_request (school_id, person_id) WHERE settled_at IS NULL;
"""
OWN_REQUESTS = """
CREATE POLICY own ON code_request FOR INSERT
    WITH CHECK (account_id = NULLIF(current_setting('app.account_id', true), '')::uuid);
"""


def upgrade() -> None:
    for statements in (FACTORS, DEVICES, LOG, REQUESTS):
        op.execute(statements)
    for table in ("sign_in_policy", "code_request"):
        op.execute(enable_school_security(table))
    op.execute(OWN_REQUESTS)
    op.execute(audit("sign_in_policy", "school_id", ["second_factor_roles"]))
    for table in ("second_factor", "recovery_code", "sign_in_policy", "code_request"):
        op.execute(keep(table, "accounts"))
