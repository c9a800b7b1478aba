"""A worker takes up its work again when Redis comes back."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from deploy.servers import RedisServer, dying_with_parent, free_port
from services.common.celery import create_celery, send
from tests.support.running import until


@contextlib.contextmanager
def _worker(redis_url: str, log_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "celery", "-A", "tests.common.touching_worker", "worker", "-P", "solo"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    environment = os.environ | {"REDIS_URL": redis_url}
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            dying_with_parent([*command, *quiet]), env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)


@pytest.mark.enable_socket
@pytest.mark.timeout(180)
def test_a_worker_outlives_a_redis_that_refuses_to_write(tmp_path: Path) -> None:
    """As one does whose disk is full; here its replicas are missing. The worker ended, and six deaths end a suite."""
    server = RedisServer(tmp_path / "redis", "of-the-test", free_port(), durable=False)
    with (tmp_path / "log").open("wb") as log:
        try:
            server.start(log)
            client = redis.Redis.from_url(server.url)
            celery = create_celery("test", server.url, ["work"])
            with _worker(server.url, tmp_path / "worker.log") as worker:
                send(celery, "touch", "work", path=str(tmp_path / "before"))
                until((tmp_path / "before").exists, "the worker works")
                client.config_set("min-replicas-to-write", "1")
                with pytest.raises(redis.exceptions.ResponseError):
                    client.set("any", "thing")
                refused = "NOREPLICAS"
                until(lambda: refused in (tmp_path / "worker.log").read_text(), "the worker was refused, too")
                client.config_set("min-replicas-to-write", "0")
                send(celery, "touch", "work", path=str(tmp_path / "after"))
                until((tmp_path / "after").exists, lambda: (tmp_path / "worker.log").read_text()[-2000:])
                assert worker.poll() is None
            client.close()
        finally:
            server.stop()


@pytest.mark.enable_socket
def test_a_message_that_cannot_be_acknowledged_takes_no_place(tmp_path: Path) -> None:
    """kombu kept it as one under way: a worker with one place then never listened again."""
    server = RedisServer(tmp_path / "redis", "of-the-test", free_port(), durable=False)
    with (tmp_path / "log").open("wb") as log:
        try:
            server.start(log)
            celery = create_celery("test", server.url, ["work"])
            with celery.connection_for_write() as connection:
                send(celery, "nothing", "work")
                channel = connection.channel()
                channel.basic_qos(0, 1, False)
                message = channel.basic_get("work")
                assert not channel.qos.can_consume()
                server.stop()
                with pytest.raises(redis.exceptions.ConnectionError):
                    channel.basic_ack(message.delivery_tag)
                assert channel.qos.can_consume()
        finally:
            server.stop()
