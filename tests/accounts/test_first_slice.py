from tests.accounts.conftest import PASSWORD, School, ok


def test_the_first_administrator_comes_in_and_is_known(school: School) -> None:
    me = ok(school.admin.get("/me"))
    assert me["person"]["name"] == "Крымова Ольга Сергеевна"
    assert [role["kind"] for role in me["roles"]] == ["administrator"]
    signed = ok(school.api().post("/sessions", {"login": school.made.login, "password": PASSWORD}), 201)
    answer = ok(
        school.api().internally("journal", "POST", "/internal/accounts/v1/introspect", {"token": signed["token"]})
    )
    assert answer["active"]
    assert answer["person"] == str(school.made.person_id)
    assert answer["roles"] == [{"kind": "administrator", "classes": None, "directions": None}]
