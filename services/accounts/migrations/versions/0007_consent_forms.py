"""Forms of consent with versions, the school as operator, scans of papers."""

from alembic import op

from services.common.ddl import audit, enable_school_security, keep

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE operator (
    school_id uuid NOT NULL CONSTRAINT operator_school_id_fkey REFERENCES school (id),
    name text NOT NULL,
    address text NOT NULL,
    site text NOT NULL,
    CONSTRAINT operator_pkey PRIMARY KEY (school_id),
    CONSTRAINT operator_told_check CHECK (name <> '' AND address <> '')
);

CREATE TABLE consent_form (
    school_id uuid NOT NULL CONSTRAINT consent_form_school_id_fkey REFERENCES school (id),
    id uuid NOT NULL,
    purpose text NOT NULL CONSTRAINT consent_form_purpose_check
        CHECK (purpose IN ('diary', 'mail', 'photo', 'third_parties')),
    version integer NOT NULL CONSTRAINT consent_form_version_check CHECK (version > 0),
    title text NOT NULL,
    about text NOT NULL,
    aim text NOT NULL,
    data text[] NOT NULL CONSTRAINT consent_form_data_check CHECK (cardinality(data) > 0),
    third_party_name text NOT NULL,
    third_party_address text NOT NULL,
    actions text NOT NULL,
    method text NOT NULL CONSTRAINT consent_form_method_check CHECK (method IN ('automated', 'manual', 'mixed')),
    term text NOT NULL CONSTRAINT consent_form_term_check CHECK (term IN ('day', 'school_year', 'leaving')),
    term_until date,
    withdrawal text NOT NULL,
    refusal text NOT NULL,
    operator_name text,
    operator_address text,
    operator_site text,
    valid_from date,
    published_at timestamptz,
    published_by uuid,
    CONSTRAINT consent_form_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT consent_form_school_id_purpose_version_key UNIQUE (school_id, purpose, version),
    CONSTRAINT consent_form_school_id_id_purpose_key UNIQUE (school_id, id, purpose),
    CONSTRAINT consent_form_term_until_check CHECK ((term = 'day') = (term_until IS NOT NULL)),
    CONSTRAINT consent_form_third_party_check CHECK ((third_party_name = '') = (third_party_address = '')),
    -- 152-FZ art. 9 part 4: nothing is asked for consent that does not say all of it.
    CONSTRAINT consent_form_published_check CHECK (
        num_nulls(operator_name, operator_address, operator_site, valid_from, published_at, published_by) IN (0, 6)
    ),
    CONSTRAINT consent_form_whole_check CHECK (
        published_at IS NULL OR '' <> ALL (ARRAY[title, aim, actions, withdrawal, refusal, operator_name, operator_address])
    )
);
CREATE UNIQUE INDEX consent_form_draft_key ON consent_form (school_id, purpose) WHERE published_at IS NULL;

CREATE FUNCTION keep_published_form() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published form of consent is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$body$;
-- After, so that row-level security speaks first.
CREATE TRIGGER keep_published AFTER UPDATE ON consent_form FOR EACH ROW EXECUTE FUNCTION keep_published_form();

ALTER TABLE consent ADD form_id uuid;
ALTER TABLE consent ADD CONSTRAINT consent_school_id_form_id_purpose_fkey
    FOREIGN KEY (school_id, form_id, purpose) REFERENCES consent_form (school_id, id, purpose);
ALTER TABLE consent ADD CONSTRAINT consent_form_check CHECK (form_id IS NULL OR source <> 'import');
CREATE INDEX consent_withdrawn_idx ON consent (school_id, withdrawn_at) WHERE withdrawn_at IS NOT NULL;

CREATE TABLE consent_scan (
    school_id uuid NOT NULL CONSTRAINT consent_scan_school_id_fkey REFERENCES school (id),
    id uuid NOT NULL,
    consent_id uuid NOT NULL,
    media_type text NOT NULL CONSTRAINT consent_scan_media_type_check
        CHECK (media_type IN ('application/pdf', 'image/jpeg', 'image/png')),
    size integer NOT NULL CONSTRAINT consent_scan_size_check CHECK (size BETWEEN 1 AND 10485760),
    sha256 text NOT NULL CONSTRAINT consent_scan_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    attached_at timestamptz NOT NULL,
    attached_by uuid NOT NULL,
    annulled_at timestamptz,
    annulled_by uuid,
    annulled_reason text,
    CONSTRAINT consent_scan_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT consent_scan_school_id_consent_id_fkey
        FOREIGN KEY (school_id, consent_id) REFERENCES consent (school_id, id),
    CONSTRAINT consent_scan_annulled_check CHECK (num_nulls(annulled_at, annulled_by, annulled_reason) IN (0, 3))
);
CREATE UNIQUE INDEX consent_scan_live_key ON consent_scan (school_id, consent_id) WHERE annulled_at IS NULL;

-- Of its own, because the change log would turn every byte of it into JSON.
CREATE TABLE consent_scan_content (
    school_id uuid NOT NULL CONSTRAINT consent_scan_content_school_id_fkey REFERENCES school (id),
    scan_id uuid NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT consent_scan_content_pkey PRIMARY KEY (school_id, scan_id),
    CONSTRAINT consent_scan_content_school_id_scan_id_fkey
        FOREIGN KEY (school_id, scan_id) REFERENCES consent_scan (school_id, id)
);
-- Scans and photographs are compressed already.
ALTER TABLE consent_scan_content ALTER content SET STORAGE EXTERNAL;
"""


def upgrade() -> None:
    op.execute(TABLES)
    for table in ("operator", "consent_form", "consent_scan", "consent_scan_content"):
        op.execute(enable_school_security(table))
        op.execute(keep(table, "accounts"))
    op.execute("REVOKE UPDATE ON consent_scan_content FROM accounts_app")
    op.execute(audit("operator", "school_id", ["name", "address", "site"]))
    op.execute(
        audit(
            "consent_form",
            "id",
            ["purpose", "version", "title", "about", "aim", "data", "third_party_name", "third_party_address",
             "actions", "method", "term", "term_until", "withdrawal", "refusal", "operator_name",
             "operator_address", "operator_site", "valid_from", "published_at", "published_by"],
        )
    )
    op.execute(
        audit(
            "consent_scan",
            "id",
            ["consent_id", "media_type", "size", "sha256", "attached_at", "attached_by", "annulled_at", "annulled_by"],
            ["annulled_reason"],
        )
    )
    op.execute("DROP TRIGGER change_log ON consent")
    op.execute(
        audit(
            "consent",
            "id",
            ["student_id", "guardian_id", "purpose", "decision", "signed_on", "until", "form_id", "source",
             "import_id", "counts", "superseded_at", "withdrawn_at", "withdrawn_by"],
            ["document"],
        )
    )
