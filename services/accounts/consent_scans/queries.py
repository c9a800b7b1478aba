"""Which decisions have their paper here."""

from __future__ import annotations

import uuid
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.accounts.consent_scans.models import ConsentScan, ScanContent
from services.common.problems import NotFoundError

_LIVE = ConsentScan.annulled_at.is_(None)


def with_scan(session: Session, consents: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these decisions that have a scan."""
    found = sa.select(ConsentScan.consent_id).where(ConsentScan.consent_id.in_(consents), _LIVE)
    return set(session.scalars(found)) if consents else set()


def live_scan(session: Session, consent_id: uuid.UUID, *, lock: bool = False) -> ConsentScan:
    """The scan of this decision. Raises NotFoundError."""
    query = sa.select(ConsentScan).where(ConsentScan.consent_id == consent_id, _LIVE)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFoundError("This decision has no scan.", code="no-scan")
    return found


def content_of(session: Session, scan: ConsentScan) -> bytes:
    return session.scalars(sa.select(ScanContent.content).where(ScanContent.scan_id == scan.id)).one()
