"""The signer's address: a small HTTP service on an inner network, for the outbound sender and the closing of trees.

    POST /downward  {"items": [{"topic": …, "body": base64}, …]} -> {"signatures": [signature, …]}
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
from collections.abc import Callable, Mapping
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from nenghao.crypto import Signature
from nenghao.errors import ConfigError, SealBroken
from nenghao.signer.memory import Signer

_log = logging.getLogger(__name__)

#: 500 receipts of at most 64 kB each, in base64.
MAX_REQUEST_BYTES: Final = 64 * 1024 * 1024
REQUEST_TIMEOUT_S: Final = 30

Answer = dict[str, Any]


class SignerServer(ThreadingHTTPServer):
    """Listens; ends with its process."""

    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], signer: Signer, tokens: Mapping[str, str], now: Callable[[], datetime]
    ) -> None:
        """Listen at an address; `tokens` are those of `downward` and `heads`.

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
        elif self.path == "/heads/last":
            self._answer("heads", lambda: {"body": None if signer.last is None else _text(signer.last.body())})
        elif self.path == "/heads":
            heads = [{"topic": topic, "payload": _text(payload)} for topic, payload in signer.payloads()]
            self._answer("heads", lambda: {"heads": heads})
        else:
            self._send(404, {"reason": "not found"})

    def do_POST(self) -> None:
        """Sign."""
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MAX_REQUEST_BYTES:
            self.close_connection = True
            self._send(413, {"reason": "too large, or of unknown length"})
            return
        body = self.rfile.read(int(length))
        if self.path == "/downward":
            self._answer("downward", lambda: self._sign_downward(json.loads(body)))
        elif self.path == "/heads":
            self._answer("heads", lambda: self._sign_head(json.loads(body)))
        else:
            self._send(404, {"reason": "not found"})

    def _sign_downward(self, request: Any) -> Answer:
        sign, now = self.server.signer.sign_downward, self.server.now()
        items = [(item["topic"], base64.b64decode(item["body"], validate=True)) for item in request["items"]]
        return {"signatures": [_fields(sign(topic, body, now)) for topic, body in items]}

    def _sign_head(self, request: Any) -> Answer:
        body = base64.b64decode(request["body"], validate=True)
        signature = self.server.signer.sign_head(body, self.server.now())
        _log.info("head signed: %s", body.decode())
        return _fields(signature)

    def _answer(self, part: str, make: Callable[[], Answer]) -> None:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(token.encode(), self.server.tokens[part].encode()):
            self._send(403, {"reason": f"not the token of {part}"})
            return
        try:
            self._send(200, make())
        except SealBroken as error:
            _log.warning("refused to sign for %s: %s", part, error)
            self._send(409, {"reason": str(error)})
        except (ValueError, LookupError, TypeError, RecursionError, binascii.Error):
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
