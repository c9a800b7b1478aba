"""JSON lines with a request id; fields, never sentences with personal data in them."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog


def configure_logging(process: str) -> None:
    """Makes every logger of this process write one JSON object a line to stderr."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_values,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # These name every task with its arguments' repr or every request with its full path.
    for noisy in ("celery.worker.strategy", "celery.app.trace", "httpx2", "httpcore2", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("celery.app.trace").filters[:] = [_of_a_task]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)


def _without_values(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Where an exception went through and of which kind it is, never what it says.

    A database tells the whole row that it refused, a parser the text that it could not read. Only exceptions of our
    own speak, since we know what they say.
    """
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    elif isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["exception"] = "\n".join(_told(one) for one in _chain(error))
    return event


def _chain(error: BaseException) -> list[BaseException]:
    """What happened first comes first."""
    found = [error]
    while True:
        last = found[-1]
        before = last.__cause__ or (None if last.__suppress_context__ else last.__context__)
        if before is None or before in found:
            return found[::-1]
        found.append(before)


def _told(error: BaseException) -> str:
    kind = type(error)
    own = kind.__module__.partition(".")[0] == "services"
    said = str(error) if own else getattr(error, "sqlstate", None)
    where = "".join(traceback.format_tb(error.__traceback__))
    return f"{where}{kind.__module__}.{kind.__qualname__}" + (f": {said}" if said else "")


def _of_a_task(record: logging.LogRecord) -> bool:
    """Celery writes what a failed task's exception says into the sentence itself; name and id are bound already."""
    record.msg, record.args = "task.failed", ()
    return True


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose calls are `log.info("event.name", field=value)`."""
    result: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return result
