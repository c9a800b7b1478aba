"""Lists of journal, each with the route that opens what it names."""

from __future__ import annotations

from collections.abc import Iterator

from tests.rights.cast import Cast, Viewer
from tests.support.school import good

KINDS = {
    "people": ("/people?limit=200", "/people/{}"),
    "courses": ("/courses", "/courses/{}"),
    "classes": ("/classes", "/classes/{}/students"),
}


def differences(cast: Cast, kind: str) -> Iterator[str]:
    """Viewers whose list names other things than they may open."""
    listing, one = KINDS[kind]
    there = {item["id"] for item in good(cast.api("journal", "administrator").get(listing))["items"]}
    assert len(there) > 1
    for viewer in cast.viewers.values():
        if kind == "classes" and is_family(viewer):
            continue  # its list names its class, whose members are nobody's list
        journal = cast.suite.api("journal", viewer.token)
        answer = journal.get(listing)
        listed = {item["id"] for item in answer.json["items"]} if answer.status_code == 200 else set()
        asked = (there | listed) - {viewer.person_id}  # everybody may open himself
        opened = {one_id for one_id in asked if journal.get(one.format(one_id)).status_code == 200}
        if opened != listed - {viewer.person_id}:
            yield f"{kind}: {viewer.name} is shown {len(listed)} and may open {len(opened)}"


def is_family(viewer: Viewer) -> bool:
    return viewer.name in ("pupil", "young_pupil") or viewer.name.startswith("guardian")
