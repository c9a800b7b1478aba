"""SQL that every service's tables are made with: plumbing, row-level security, the change log."""

from __future__ import annotations

from collections.abc import Collection, Mapping

PLUMBING_TABLES = frozenset(
    {"stream", "outbox", "consumer", "cursor", "parked", "schedule", "change_log", "tally", "destruction_order"}
)
"""Made by the SQL below, not by a service's models."""

PLUMBING = """
CREATE TYPE uuidrange AS RANGE (subtype = uuid);

CREATE TABLE stream (
    one boolean CONSTRAINT stream_pkey PRIMARY KEY DEFAULT true CONSTRAINT stream_one_check CHECK (one),
    generation integer NOT NULL DEFAULT 1,
    last_seq bigint NOT NULL DEFAULT 0
);
INSERT INTO stream DEFAULT VALUES;

CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT outbox_pkey PRIMARY KEY,
    seq bigint CONSTRAINT outbox_seq_key UNIQUE,
    school_id uuid NOT NULL,
    type text NOT NULL,
    key text NOT NULL,
    origin text NOT NULL,
    occurred_at timestamptz NOT NULL,
    request_id text NOT NULL DEFAULT '',
    data jsonb NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX outbox_unnumbered_idx ON outbox (id) WHERE seq IS NULL;

CREATE TABLE consumer (
    consumer text CONSTRAINT consumer_pkey PRIMARY KEY,
    epoch text NOT NULL,
    acked bigint NOT NULL DEFAULT 0,
    sent bigint,
    attempt integer NOT NULL DEFAULT 0,
    silent integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL DEFAULT now(),
    asked_at timestamptz NOT NULL DEFAULT '-infinity'
);

CREATE TABLE cursor (
    source text CONSTRAINT cursor_pkey PRIMARY KEY,
    epoch text NOT NULL DEFAULT '',
    seq bigint NOT NULL DEFAULT 0,
    tries integer NOT NULL DEFAULT 0,
    rebuilding_until timestamptz
);

CREATE TABLE parked (
    school_id uuid NOT NULL,
    source text NOT NULL,
    epoch text NOT NULL,
    seq bigint NOT NULL,
    key text NOT NULL,
    event jsonb NOT NULL,
    error text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL DEFAULT now(),
    parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT parked_pkey PRIMARY KEY (source, epoch, seq)
);
CREATE INDEX parked_source_key_idx ON parked (source, key);

CREATE TABLE schedule (
    school_id uuid NOT NULL,
    job text NOT NULL,
    local_time time NOT NULL,
    next_run_at timestamptz NOT NULL,
    CONSTRAINT schedule_pkey PRIMARY KEY (school_id, job)
);
CREATE INDEX schedule_next_run_at_idx ON schedule (next_run_at);

CREATE TABLE change_log (
    school_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    id bigint GENERATED ALWAYS AS IDENTITY,
    object text NOT NULL,
    object_id uuid NOT NULL,
    action text NOT NULL CONSTRAINT change_log_action_check CHECK (action IN ('insert', 'update', 'delete')),
    old jsonb,
    new jsonb,
    actor text NOT NULL,
    reason text NOT NULL,
    request_id text NOT NULL,
    origin text NOT NULL,
    CONSTRAINT change_log_pkey PRIMARY KEY (school_id, at, id)
) PARTITION BY RANGE (at);
CREATE INDEX change_log_school_id_object_id_idx ON change_log (school_id, object_id, at);

-- Arguments: the key column, then columns shown with their values, then after '-' those that only say
-- "changed" because what stood in them may have to be erased one day.
CREATE FUNCTION write_change_log() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    whole jsonb := coalesce(after, before);
    old_part jsonb := '{}';
    new_part jsonb := '{}';
    hidden boolean := false;
    name text;
    value jsonb;
BEGIN
    FOR i IN 1 .. TG_NARGS - 1 LOOP
        name := TG_ARGV[i];
        IF name = '-' THEN
            hidden := true;
        ELSIF TG_OP <> 'UPDATE' OR before -> name IS DISTINCT FROM after -> name THEN
            IF before IS NOT NULL AND before -> name <> 'null' THEN
                value := CASE WHEN hidden THEN '"…"' ELSE before -> name END;
                old_part := old_part || jsonb_build_object(name, value);
            END IF;
            IF after IS NOT NULL AND after -> name <> 'null' THEN
                value := CASE WHEN hidden THEN '"…"' ELSE after -> name END;
                new_part := new_part || jsonb_build_object(name, value);
            END IF;
        END IF;
    END LOOP;
    IF TG_OP = 'UPDATE' AND old_part = '{}' AND new_part = '{}' THEN
        RETURN NULL;
    END IF;
    INSERT INTO change_log (school_id, object, object_id, action, old, new, actor, reason, request_id, origin)
    VALUES ((whole ->> 'school_id')::uuid, TG_TABLE_NAME, (whole ->> TG_ARGV[0])::uuid, lower(TG_OP),
            CASE WHEN before IS NOT NULL THEN old_part END, CASE WHEN after IS NOT NULL THEN new_part END,
            coalesce(current_setting('app.actor', true), ''),
            coalesce(current_setting('app.reason', true), ''),
            coalesce(current_setting('app.request_id', true), ''),
            coalesce(nullif(current_setting('app.origin', true), ''), 'interactive'));
    RETURN NULL;
END
$body$;
"""


# A SELECT of its own, for then the setting is read once for a statement and not once for every row that is looked at.
_OWN = "school_id = (SELECT NULLIF(current_setting('app.school_id', true), '')::uuid)"


_RENEW = """
DO $body$
DECLARE
    of_table text;
BEGIN
    FOR of_table IN SELECT polrelid::regclass::text FROM pg_policy WHERE polname = 'school' LOOP
        EXECUTE 'ALTER POLICY school ON ' || of_table || ' USING (OWN) WITH CHECK (OWN)';
    END LOOP;
END
$body$;
"""


TALLY = """
CREATE TABLE tally (
    name text NOT NULL,
    about text NOT NULL,
    total bigint NOT NULL,
    CONSTRAINT tally_pkey PRIMARY KEY (name, about)
);
"""
"""Counters that outlive their processes; numbers of rows and names of mechanisms, nothing of a school."""


def enable_school_security(table: str) -> str:
    """SQL that lets `table` (with `school_id`) show and take only rows of the transaction's school."""
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
        f"CREATE POLICY school ON {table} USING ({_OWN}) WITH CHECK ({_OWN});"
    )


def renew_school_security() -> str:
    """SQL that gives the policies of all tables with `school_id` their present text."""
    return _RENEW.replace("OWN", _OWN.replace("'", "''"))


def audit(table: str, key: str, shown: list[str], hidden: list[str] | None = None) -> str:
    """SQL that writes every change of the named columns of `table` to the change log.

    `key` is the uuid column that names the object; of `hidden` columns only the fact of a change is kept.
    """
    arguments = ", ".join(f"'{name}'" for name in [key, *shown, *(["-", *hidden] if hidden else [])])
    return (
        f"CREATE TRIGGER change_log AFTER INSERT OR UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION write_change_log({arguments});"
    )


def keep(table: str, service: str) -> str:
    """SQL that takes from the application role the power to delete facts from `table`."""
    return f"REVOKE DELETE, TRUNCATE ON {table} FROM {service}_app;"


_ORDERS = """
CREATE TABLE destruction_order (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    category text NOT NULL,
    person_id uuid,
    before date,
    created_at timestamptz NOT NULL DEFAULT now(),
    done_at timestamptz,
    destroyed integer NOT NULL DEFAULT 0,
    CONSTRAINT destruction_order_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT destruction_order_scope_check CHECK (num_nonnulls(person_id, before) = 1),
    CONSTRAINT destruction_order_floor_check CHECK (coalesce(
        CASE WHEN person_id IS NOT NULL THEN category = ANY (ARRAY[ERASABLE]::text[])
        ELSE before <= ((created_at AT TIME ZONE 'UTC') - make_interval(years => CASE category FLOORS END))::date END,
        false))
);
REVOKE UPDATE, DELETE, TRUNCATE ON destruction_order FROM SERVICE_app;
GRANT UPDATE (done_at, destroyed) ON destruction_order TO SERVICE_app;
"""

_GATE = """
CREATE FUNCTION is_due_THIS(gone THIS, due destruction_order) RETURNS boolean LANGUAGE sql STABLE
    AS $body$ SELECT CONDITION $body$;
CREATE FUNCTION under_order_THIS() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    due destruction_order;
BEGIN
    SELECT * INTO due FROM destruction_order
    WHERE school_id = NULLIF(current_setting('app.school_id', true), '')::uuid
    AND id = NULLIF(current_setting('app.destruction_order', true), '')::uuid
    AND category = 'CATEGORY' AND done_at IS NULL;
    IF FOUND AND coalesce(is_due_THIS(OLD, due), false) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'no order destroys this row of THIS' USING ERRCODE = 'insufficient_privilege';
END
$body$;
CREATE TRIGGER under_order BEFORE DELETE ON THIS FOR EACH ROW EXECUTE FUNCTION under_order_THIS();
GRANT DELETE ON THIS TO SERVICE_app;
"""


def destruction_orders(service: str, floors: Mapping[str, int], erasable: Collection[str] = ()) -> str:
    """SQL of the table of orders to destroy. `floors`: years that a category is kept at least; `erasable`: the
    categories that may go for one person before that."""
    cases = " ".join(f"WHEN '{category}' THEN {years}" for category, years in floors.items())
    made = _ORDERS.replace("FLOORS", cases).replace("ERASABLE", ", ".join(f"'{one}'" for one in erasable))
    return made.replace("SERVICE", service) + enable_school_security("destruction_order")


def destroyable(table: str, service: str, category: str, due: str) -> str:
    """SQL that lets rows of `table` go under an order of `category` that is not done, and in no other way.

    `due`: the condition, in SQL, of a row `gone` and an order `due`; the trigger asks it, and so does the search.
    """
    made = _GATE.replace("CONDITION", due).replace("CATEGORY", category)
    return made.replace("THIS", table).replace("SERVICE", service)


def plumbing(service: str) -> str:
    """SQL of the tables that events, the schedule and the change log need, for a first migration."""
    return "\n".join(
        [
            PLUMBING,
            enable_school_security("parked"),
            enable_school_security("change_log"),
            f"REVOKE UPDATE, DELETE, TRUNCATE ON change_log FROM {service}_app;",
        ]
    )
