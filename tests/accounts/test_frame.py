"""Tables, their security, and what accounts tells and hears."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.accounts import cli
from services.accounts.edge import Accounts
from services.accounts.models import Base
from services.common.clock import today_in
from services.common.db import Scope, new_id
from services.common.ddl import PLUMBING_TABLES
from services.common.identity import token_digest
from tests.accounts.answers import PASSWORD, ok, problem
from tests.accounts.conftest import School

END = "/internal/accounts/v1/persons/end"


def test_models_equal_migrations(service: Accounts) -> None:
    def ours(name: str | None, kind: str, _: object) -> bool:
        return not (kind == "table" and (name in PLUMBING_TABLES or str(name).startswith(("change_log", "alembic"))))

    with service.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours, "compare_type": True})
        differences = compare_metadata(context, Base.metadata)
    assert [one for one in differences if "_excl" not in str(one)] == []


@pytest.mark.parametrize("table", ["person", "guardianship", "enrollment", "membership", "role", "activation_code"])
def test_a_query_that_forgets_its_school_sees_nothing(school: School, service: Accounts, table: str) -> None:
    child, mother = school.person("student"), school.person("guardian")
    school.guards(mother, child)
    school.enrolled(child, new_id())
    counted = sa.text(f"SELECT count(*) FROM {table}")
    with service.database.read(Scope(school_id=school.id)) as session:
        assert session.execute(counted).scalar_one() > 0
    for scope in (Scope(), Scope(school_id=new_id())):
        with service.database.read(scope) as session:
            assert session.execute(counted).scalar_one() == 0


def test_proof_in_hand_shows_the_own_rows_and_no_others(school: School, service: Accounts) -> None:
    with service.database.read(Scope(token_hash=token_digest(school.made.code))) as session:
        assert session.execute(sa.text("SELECT school_id FROM activation_code")).scalars().all() == [school.id]
        assert session.execute(sa.text("SELECT count(*) FROM membership")).scalar_one() == 0
    account = uuid.UUID(ok(school.admin.get("/me"))["account"]["id"])
    with service.database.read(Scope(account_id=account)) as session:
        assert session.execute(sa.text("SELECT school_id FROM membership")).scalars().all() == [school.id]
        assert session.execute(sa.text("SELECT count(*) FROM person")).scalar_one() == 0


def test_a_new_school_is_told_with_its_administrator(school: School, service: Accounts) -> None:
    with service.database.engine.connect() as connection:
        rows = connection.execute(
            sa.text("SELECT type, key, data FROM outbox WHERE school_id = :school"), {"school": school.id}
        ).all()
    assert [(row.type, row.key) for row in rows] == [("accounts.school.created.v1", f"school:{school.id}")]
    assert rows[0].data == {
        "school_id": str(school.id), "name": "Школа № 3", "zone": "Europe/Simferopol",
        "person_id": str(school.made.person_id),
        "last_name": "Крымова", "first_name": "Ольга", "middle_name": "Сергеевна",
    }  # fmt: skip


def test_the_present_schools_can_be_read_in_pages(make_school: Callable[[], School]) -> None:
    schools = {str(make_school().id) for _ in range(3)}
    asking = make_school().api()
    seen: set[str] = set()
    cursor: str | None = ""
    while cursor is not None:
        page = ok(asking.internally("journal", "GET", f"/internal/accounts/v1/state/school{cursor}"))
        seen |= {row["school_id"] for row in page["rows"]}
        cursor = page["next"] and f"?cursor={page['next']}"
    assert schools <= seen
    problem(asking.internally("journal", "GET", "/internal/accounts/v1/state/secrets"), 404)


@pytest.mark.parametrize("path", ["introspect", "access", "persons/end", "consents/declare"])
def test_internal_routes_answer_their_callers_only(school: School, path: str) -> None:
    problem(school.api().post(f"/internal/accounts/v1/{path}", {}), 401)
    problem(school.admin.post(f"/internal/accounts/v1/{path}", {}), 401)
    answer = school.api().internally("web", "POST", f"/internal/accounts/v1/{path}", {})
    assert answer.status_code in (403, 422)


def test_an_older_version_of_a_person_never_overwrites(school: School) -> None:
    person = school.person("staff", name="Новая Анна Петровна")
    school.tell(
        "journal.person.changed.v1",
        **school.told(person, "staff", name="Старая Анна Петровна") | {"version": 0},
    )
    assert ok(school.signed_in(person).get("/me"))["person"]["last_name"] == "Новая"


def test_who_left_is_out_at_once(school: School) -> None:
    teacher = school.with_role("deputy")
    person = ok(teacher.get("/me"))["person"]["id"]
    login = ok(teacher.get("/me"))["account"]["login"]
    body = {"school_id": str(school.id), "person_id": person}
    for _ in range(2):
        ok(school.api().internally("journal", "POST", END, body))
    school.service.authenticator.forget(teacher.token)
    problem(teacher.get("/me"), 401)
    problem(school.api().post("/sessions", {"login": login, "password": PASSWORD}), 403, "no-school")


def test_the_event_of_leaving_ends_it_too_and_a_later_day_does_not(school: School) -> None:
    person = school.person("staff")
    api = school.signed_in(person)
    tomorrow = today_in("Europe/Simferopol") + dt.timedelta(days=1)
    for left_on, status in ((tomorrow, 200), (tomorrow - dt.timedelta(days=1), 401)):
        told = school.told(person, "staff", name="Иванова Анна Петровна", left_on=str(left_on))
        school.tell("journal.person.changed.v1", **told)
        school.service.authenticator.forget(api.token)
        assert api.get("/me").status_code == status


def test_a_teacher_who_leaves_stays_a_mother(school: School) -> None:
    person, child = school.person("staff", "guardian"), school.person("student")
    school.guards(person, child)
    login = ok(school.signed_in(person).get("/me"))["account"]["login"]
    ok(school.api().internally("journal", "POST", END, {"school_id": str(school.id), "person_id": str(person)}))
    ok(school.api().post("/sessions", {"login": login, "password": PASSWORD}), 201)


def test_the_command_makes_a_school_and_prints_its_link_once(service: Accounts, school: School) -> None:
    url = service.settings.database_url
    environ = {"ACCOUNTS_DATABASE_URL": url, "ZHURNAL_URL": "https://school.example/"}

    def run(*arguments: str) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = cli.main(["create-school", *arguments], environ)
        return code, out.getvalue(), err.getvalue()

    code, out, _ = run("--name", "Гимназия", "--zone", "Asia/Yekaterinburg", "--admin", "Юдин Олег Ильич")
    assert code == 0
    school_id = out.split()[1]
    link = next(word for word in out.split() if word.startswith("https://school.example/activate#"))
    code, again, _ = run("--again", school_id)
    assert code == 0
    fresh = next(word for word in again.split() if "#" in word)
    old = {"code": link.partition("#")[2], "password": PASSWORD}
    problem(school.api().post("/credentials/activate", old), 404, "code-unknown")
    signed = ok(school.api().post("/credentials/activate", old | {"code": fresh.partition("#")[2]}), 201)
    assert signed["school"]["zone"] == "Asia/Yekaterinburg"
    for wrong in (
        ("--name", "Ш", "--zone", "Mars/Base", "--admin", "Юдин Олег"),
        ("--name", "Ш", "--zone", "Europe/Moscow", "--admin", "Юдин"),
        ("--name", "Ш"),
        ("--again", str(new_id())),
    ):
        code, out, err = run(*wrong)
        assert (code, out) == (1, "")
        assert err.startswith("accounts: ")
        assert err.count("\n") == 1
