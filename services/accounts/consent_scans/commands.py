"""A scan comes once; a wrong one is annulled, and another may follow."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid

from sqlalchemy.orm import Session

from services.accounts.consent_scans.models import ConsentScan, ScanContent
from services.accounts.consent_scans.queries import with_scan
from services.accounts.consent_scans.rules import LARGEST, PAPER, media_type_of
from services.accounts.consents.models import Consent
from services.common.db import new_id
from services.common.problems import ConflictError, TooLargeError, wrong


def attach_scan(session: Session, consent: Consent, content: bytes, by: uuid.UUID, now: dt.datetime) -> ConsentScan:
    """The scan, kept for good. The decision's row is locked by the caller.

    Raises TooLargeError, UnprocessableError for what is neither PDF nor JPEG nor PNG, ConflictError for a decision
    that no paper proves or that has its scan.
    """
    if len(content) > LARGEST:
        raise TooLargeError("A scan has 10 MB at most.")
    media_type = media_type_of(content)
    if media_type is None:
        raise wrong("/file", "Neither PDF nor JPEG nor PNG.", "unreadable")
    if consent.source not in PAPER:
        raise ConflictError("This decision was made here, not on paper.", code="no-paper")
    if with_scan(session, [consent.id]):
        raise ConflictError("It has its scan; annul that first.", code="scan-exists")
    scan = ConsentScan(
        school_id=consent.school_id,
        id=new_id(),
        consent_id=consent.id,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        attached_at=now,
        attached_by=by,
        annulled_at=None,
        annulled_by=None,
        annulled_reason=None,
    )
    session.add(scan)
    session.flush()
    session.add(ScanContent(school_id=consent.school_id, scan_id=scan.id, content=content))
    session.flush()
    return scan


def annul_scan(session: Session, scan: ConsentScan, reason: str, by: uuid.UUID, now: dt.datetime) -> ConsentScan:
    """From now on it is nobody's paper; that it was here stays known."""
    scan.annulled_at, scan.annulled_by, scan.annulled_reason = now, by, reason
    session.flush()
    return scan
