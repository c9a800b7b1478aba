"""Words of this service's tables, as people read them in a document. Pure."""

from __future__ import annotations

REQUESTS = {
    "access": "что хранится",
    "correction": "исправить",
    "restriction": "ограничить обработку",
    "erasure": "удалить",
}
PURPOSES = {
    "diary": "электронный дневник",
    "mail": "письма",
    "photo": "фотографии",
    "third_parties": "передача третьим лицам",
}
DECISIONS = {"given": "согласие", "refused": "отказ"}
SOURCES = {"office": "на бумаге", "system": "в системе", "import": "в списке"}
