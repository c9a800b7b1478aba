"""gunicorn's settings, for the embedded and the separate form."""

import gc
import os
from typing import Any

from gunicorn.glogging import Logger
from prometheus_client import multiprocess


class JsonLogger(Logger):  # type: ignore[misc]
    """gunicorn's own lines through our JSON handler; requests are logged by the application."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers = []
        self.error_log.propagate = True


gc.disable()  # until `when_ready`: a sixth of the time of a start went into looking for garbage that was none

bind = os.environ.get("ZHURNAL_BIND", "127.0.0.1:8000").split(",")
worker_class = "gthread"
workers = int(os.environ.get("ZHURNAL_WEB_WORKERS", "2"))
threads = int(os.environ.get("ZHURNAL_WEB_THREADS", "4"))
preload_app = True  # the code is shared by the workers; connections are made after the fork
timeout = 60
graceful_timeout = 20
keepalive = 5
accesslog = None
logger_class = JsonLogger
control_socket_disable = True  # it would lie in the home folder
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 - a heartbeat, nothing secret
limit_request_line = 4094
forwarded_allow_ips = os.environ.get("ZHURNAL_TRUSTED_PROXIES", "127.0.0.1")


def when_ready(_server: Any) -> None:
    """All modules are there, no worker yet: nothing made so far is ever looked through for garbage."""
    gc.freeze()
    gc.enable()


def child_exit(_server: Any, worker: Any) -> None:
    """What a worker counted stays; what it had at the moment does not."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
