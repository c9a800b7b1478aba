"""A worker takes up its work again when Redis comes back."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis

from deploy.servers import RedisServer, free_port
from services.common.celery import create_celery, send


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
