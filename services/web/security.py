"""What keeps the browser's side safe: headers, the session cookie, and whose requests are taken.

The cookie holds the person's own opaque token. Over https it is `__Host-zhurnal`; over plain http only on
loopback and under another name, since a Secure cookie would be dropped there and any other would travel in clear.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
from urllib.parse import urlsplit

import flask

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types zhurnal",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), "
    "microphone=(), payment=(), usb=()",
}

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SECURE_COOKIE = "__Host-zhurnal"
_LOOPBACK_COOKIE = "zhurnal"
_SECURE_DEVICE_COOKIE = "__Host-zhurnal-device"
_LOOPBACK_DEVICE_COOKIE = "zhurnal-device"
_TRUSTED_DAYS = 30
_DEVICE_DAYS = 365
_DEVICE_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
_LONGEST_NEXT = 300


def add_headers(response: flask.Response) -> flask.Response:
    """The same headers on every answer; personal pages are never stored."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    if flask.request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def refuses_stranger() -> bool:
    """Whether an unsafe request was sent by somebody else's page."""
    if flask.request.method in _SAFE:
        return False
    site = flask.request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    return flask.request.headers.get("Origin") != flask.request.host_url.rstrip("/")


def cookies_possible() -> bool:
    """Whether a session may be kept at this address: https anywhere, plain http on this machine only."""
    return flask.request.is_secure or _is_loopback(urlsplit(flask.request.host_url).hostname or "")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _cookie_name() -> str:
    return _SECURE_COOKIE if flask.request.is_secure else _LOOPBACK_COOKIE


def session_token() -> str:
    """The person's token; empty when nobody is signed in."""
    return flask.request.cookies.get(_cookie_name(), "") if cookies_possible() else ""


def device_key() -> str:
    """The secret by which accounts knows this browser again, or a new one. It opens nothing by itself."""
    kept = flask.request.cookies.get(_device_cookie_name(), "")
    return kept if _DEVICE_KEY.fullmatch(kept) else secrets.token_urlsafe(32)


def keep_device(response: flask.Response, key: str) -> None:
    """Whoever signs in here again is not slowed down by strangers' wrong passwords."""
    response.set_cookie(
        _device_cookie_name(),
        key,
        max_age=_DEVICE_DAYS * 86400,
        secure=flask.request.is_secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def _device_cookie_name() -> str:
    return _SECURE_DEVICE_COOKIE if flask.request.is_secure else _LOOPBACK_DEVICE_COOKIE


def keep_session(response: flask.Response, token: str, trusted: bool) -> None:
    """Puts the token into the browser: for a month on a person's own device, else until it is closed."""
    response.set_cookie(
        _cookie_name(),
        token,
        max_age=_TRUSTED_DAYS * 86400 if trusted else None,
        secure=flask.request.is_secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def drop_session(response: flask.Response) -> None:
    """Takes the token out of the browser."""
    response.delete_cookie(_cookie_name(), path="/", secure=flask.request.is_secure, httponly=True, samesite="Lax")


def safe_next(address: str | None) -> str:
    """A path of this site to go on to; "/" for anything else."""
    if not address or len(address) > _LONGEST_NEXT or not address.startswith("/"):
        return "/"
    # Browsers read "\" as "/" and drop tabs and line ends, so "/\host" would leave the site.
    if address.startswith("//") or any(ord(sign) <= 32 or sign in "\\\x7f" for sign in address):
        return "/"
    parts = urlsplit(address)
    return "/" if parts.scheme or parts.netloc or parts.path.startswith(("/login", "/logout")) else address
