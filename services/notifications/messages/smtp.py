"""Handing letters over to the mail relay on one kept connection."""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

CONNECT_SECONDS = 2.0
COMMAND_SECONDS = 10.0


class RelaySilentError(Exception):
    """The relay cannot be reached, or says that it cannot serve now: no letter's fault."""


class RefusedError(Exception):
    """The relay refused this letter."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code

    @property
    def permanent(self) -> bool:
        return self.code >= 500


class Sender:
    """A relay by its address: `smtp://[user:password@]host[:port]` or `smtps://…`."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._connection: smtplib.SMTP | None = None

    def send(self, message: EmailMessage, sender: str, recipient: str) -> None:
        """Hands one letter over. Raises RelaySilentError or RefusedError."""
        kept = self._connection is not None
        try:
            self._hand_over(message, sender, recipient)
        except RelaySilentError:
            if not kept:
                raise
            # The relay closed a connection that was idle; a fresh one tells whether it is gone.
            self._hand_over(message, sender, recipient)

    def close(self) -> None:
        """Gives the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _hand_over(self, message: EmailMessage, sender: str, recipient: str) -> None:
        try:
            connection = self._connection or self._connect()
            connection.send_message(message, sender, [recipient])
        except smtplib.SMTPRecipientsRefused as error:
            self._judge(next(iter(error.recipients.values()))[0], error)
        except smtplib.SMTPAuthenticationError as error:
            self.close()
            raise RelaySilentError(str(error.smtp_code)) from error
        except smtplib.SMTPResponseException as error:
            self._judge(error.smtp_code, error)
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise RelaySilentError(type(error).__name__) from error

    def _judge(self, code: int, error: Exception) -> None:
        if code in (-1, 421):
            self.close()
            raise RelaySilentError(str(code)) from error
        raise RefusedError(code) from error

    def _connect(self) -> smtplib.SMTP:
        host = self._url.hostname or "127.0.0.1"
        if self._url.scheme == "smtps":
            context = ssl.create_default_context()
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                host, self._url.port or 465, timeout=CONNECT_SECONDS, context=context
            )
        else:
            connection = smtplib.SMTP(host, self._url.port or 25, timeout=CONNECT_SECONDS)
        if connection.sock is not None:
            connection.sock.settimeout(COMMAND_SECONDS)
        connection.ehlo_or_helo_if_needed()
        if self._url.scheme != "smtps" and connection.has_extn("starttls") and not _is_loopback(host):
            connection.starttls(context=ssl.create_default_context())
        if self._url.username:
            connection.login(unquote(self._url.username), unquote(self._url.password or ""))
        self._connection = connection
        return connection


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
