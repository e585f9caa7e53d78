"""The signer's address: a small HTTP service on an inner network, for the outbound sender and the closing of trees.

    POST /downward  {"items": [{"topic": …, "body": base64}, …]} -> {"signatures": [signature, …]}
    POST /attempts  {"topic": …, "body": base64}                 -> signature: of a unit's try to file
    POST /heads     {"body": base64}                             -> signature: {"algorithm", "key_id", "value": base64}
    GET  /heads/last                                             -> {"body": base64} or {"body": null}
    GET  /heads                                                  -> {"heads": [{"topic", "payload": base64}, …]}
    GET  /healthz                                                -> {"key_id": …}, to whoever asks

Each caller has a token of its own, which opens only its part. A refusal is 409 with its reason.
"""

import base64
import binascii
import hmac
import json
import logging
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from nenghao.crypto import Signature
from nenghao.errors import ConfigError, SealBroken
from nenghao.signer.memory import Signer

_log = logging.getLogger(__name__)

#: 200 receipts of at most 64 kB each, in base64: a container of 128 MB can take it apart.
MAX_REQUEST_BYTES: Final = 24 * 1024 * 1024
MAX_UNREAD_BYTES: Final = 64 * 1024
REQUEST_TIMEOUT_S: Final = 30

Answer = dict[str, Any]

_LENGTH: Final = re.compile("[0-9]{1,9}")


class SignerServer(ThreadingHTTPServer):
    """Listens; ends with its process."""

    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], signer: Signer, tokens: Mapping[str, str], now: Callable[[], datetime]
    ) -> None:
        """Listen at an address; `tokens` are those of `downward`, `heads` and `attempts`.

        Raises: ConfigError where the address cannot be had.
        """
        try:
            super().__init__(address, _Handler)
        except OSError as error:
            raise ConfigError(f"signer cannot listen on {address[0]}:{address[1]}: {error.strerror}") from error
        self.signer, self.tokens, self.now = signer, tokens, now


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = REQUEST_TIMEOUT_S
    server: SignerServer

    def do_GET(self) -> None:
        """Answer what was signed."""
        signer = self.server.signer
        if self.path == "/healthz":
            self._send(200, {"key_id": signer.key.key_id})
        elif self.path not in {"/heads", "/heads/last"}:
            self._send(404, {"reason": "not found"})
        elif not self._has_token("heads"):
            self._send(403, {"reason": "not the token of heads"})
        else:
            heads = [{"topic": topic, "payload": _text(payload)} for topic, payload in signer.payloads()]
            last = None if signer.last is None else _text(signer.last.body())
            self._send(200, {"heads": heads} if self.path == "/heads" else {"body": last})

    def do_POST(self) -> None:
        """Sign; of whoever may not ask, no more is read than keeps the answer from being lost with the connection."""
        self.close_connection = True
        sign = {
            "/downward": self._sign_downward,
            "/heads": self._sign_head,
            "/attempts": self._sign_attempt,
        }.get(self.path)
        length = self.headers.get("Content-Length", "")
        if sign is None:
            self._send(404, {"reason": "not found"})
        elif not _LENGTH.fullmatch(length) or int(length) > MAX_REQUEST_BYTES:
            self._send(413, {"reason": "too large, or of unknown length"})
        elif not self._has_token(self.path.removeprefix("/")):
            self.rfile.read(min(int(length), MAX_UNREAD_BYTES))
            self._send(403, {"reason": f"not the token of {self.path}"})
        else:
            self.close_connection = self.headers.get("Connection", "").lower() == "close"
            self._answer(sign, self.rfile.read(int(length)))

    def _sign_downward(self, request: Any) -> Answer:
        sign, now = self.server.signer.sign_downward, self.server.now()
        items = [(item["topic"], base64.b64decode(item["body"], validate=True)) for item in request["items"]]
        return {"signatures": [_fields(sign(topic, body, now)) for topic, body in items]}

    def _sign_head(self, request: Any) -> Answer:
        body = base64.b64decode(request["body"], validate=True)
        signature = self.server.signer.sign_head(body, self.server.now())
        _log.info("head signed: %s", body.decode())
        return _fields(signature)

    def _sign_attempt(self, request: Any) -> Answer:
        body = base64.b64decode(request["body"], validate=True)
        signature = self.server.signer.sign_attempt(str(request["topic"]), body, self.server.now())
        _log.info("try to file signed for: %s", body.decode())
        return _fields(signature)

    def _has_token(self, part: str) -> bool:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(token.encode(), self.server.tokens[part].encode())

    def _answer(self, sign: Callable[[Any], Answer], body: bytes) -> None:
        try:
            self._send(200, sign(json.loads(body)))
        except SealBroken as error:
            _log.warning("refused to sign for %s: %s", self.path, error)
            self._send(409, {"reason": str(error)})
        except (ValueError, LookupError, TypeError, ArithmeticError, RecursionError, binascii.Error):
            self._send(400, {"reason": "not a request of this service"})

    def _send(self, status: int, answer: Answer) -> None:
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """A request is no change of state: it is not logged."""


def _fields(signature: Signature) -> Answer:
    return {"algorithm": signature.algorithm, "key_id": signature.key_id, "value": _text(signature.value)}


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
