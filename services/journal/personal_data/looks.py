"""Who looked at the person's card; at how many cards he looked: whose they are is those people's matter."""

from __future__ import annotations

import sqlalchemy as sa

from services.common.personal_data.asking import SectionQuery
from services.journal.personal_data.names import joined_person, whole_name

_SEEN = SectionQuery(
    "card_views",
    "Кто смотрел карточку",
    {"at": "Когда", "viewer": "Кто"},
    sa.text(
        f"SELECT v.at, {whole_name('p')} FROM card_view v{joined_person('p', 'v', 'viewer_id')}"  # noqa: S608 - our own text
        " WHERE v.person_id = :person ORDER BY v.at, v.id"
    ),
)
_LOOKED = SectionQuery(
    "card_views_made",
    "Просмотры чужих карточек",
    {"views": "Сколько раз", "people": "Сколько карточек", "first_at": "Впервые", "last_at": "В последний раз"},
    sa.text(
        "SELECT count(*), count(DISTINCT person_id), min(at), max(at) FROM card_view WHERE viewer_id = :person"
        " HAVING count(*) > 0"
    ),
)

SECTIONS = (_SEEN, _LOOKED)
