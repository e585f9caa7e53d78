"""How other processes ask the signer."""

import base64
import json
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
from typing import Any, Final, Self

from nenghao.config import Settings
from nenghao.crypto import Signature
from nenghao.errors import ConfigError, RetryableError, SealBroken
from nenghao.signer.statements import Head, read_head

DOWNWARD_TOKEN: Final = "signer_downward_token"  # noqa: S105 - the name of a file
HEADS_TOKEN: Final = "signer_heads_token"  # noqa: S105
ATTEMPTS_TOKEN: Final = "signer_attempts_token"  # noqa: S105
ANSWER_TIMEOUT_S: Final = 30


class SignerClient:
    """A connection of one caller, opened when it is needed."""

    def __init__(self, settings: Settings, token_name: str) -> None:
        """Ask with the token of that name.

        Raises: ConfigError where the token is missing.
        """
        self._address = f"{settings.signer_host}:{settings.signer_port}"
        self._token = settings.secret(token_name)
        self._connection = HTTPConnection(settings.signer_host, settings.signer_port, timeout=ANSWER_TIMEOUT_S)

    def sign_downward(self, items: Sequence[tuple[str, bytes]]) -> list[Signature]:
        """The signatures of messages to gateways, given by topic and body, in their order.

        Raises: RetryableError where the signer is away, SealBroken where it refuses one.
        """
        request = {"items": [{"topic": topic, "body": _text(body)} for topic, body in items]}
        return [_signature(fields) for fields in self._ask("POST", "/downward", request)["signatures"]]

    def sign_head(self, head: Head) -> Signature:
        """The signature of a head.

        Raises: RetryableError where the signer is away, SealBroken where it refuses.
        """
        return _signature(self._ask("POST", "/heads", {"body": _text(head.body())}))

    def sign_attempt(self, topic: str, body: bytes) -> Signature:
        """The signature of a receipt for a try to file.

        Raises: RetryableError where the signer is away, SealBroken where it refuses.
        """
        return _signature(self._ask("POST", "/attempts", {"topic": topic, "body": _text(body)}))

    def last_head(self) -> Head | None:
        """The newest head that was ever signed; None before the first.

        Raises: RetryableError where the signer is away.
        """
        body = self._ask("GET", "/heads/last", None)["body"]
        return None if body is None else read_head(base64.b64decode(body))

    def key_id(self) -> str:
        """The key by which it signs now.

        Raises: RetryableError where the signer is away.
        """
        return str(self._ask("GET", "/healthz", None)["key_id"])

    def heads(self) -> list[tuple[str, bytes]]:
        """Every head that was ever signed, as topic and payload.

        Raises: RetryableError where the signer is away.
        """
        found = self._ask("GET", "/heads", None)["heads"]
        return [(one["topic"], base64.b64decode(one["payload"])) for one in found]

    def __enter__(self) -> Self:
        """Use it for a while."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let the connection go."""
        self._connection.close()

    def _ask(self, method: str, path: str, request: object) -> Any:
        body = None if request is None else json.dumps(request).encode()
        is_kept = self._connection.sock is not None
        try:
            self._connection.request(method, path, body, {"Authorization": f"Bearer {self._token}"})
            response = self._connection.getresponse()
            status, answer = response.status, json.loads(response.read())
        except (OSError, HTTPException, ValueError) as error:
            self._connection.close()
            if is_kept:
                # The signer ends connections that were silent for long; asking twice signs the same.
                return self._ask(method, path, request)
            raise RetryableError(f"signer at {self._address}: {error}") from error
        if status == 200:
            return answer
        if status == 409:
            raise SealBroken(f"the signer refuses: {answer['reason']}")
        raise ConfigError(f"signer at {self._address} answers {status}: {answer['reason']}")


def _signature(fields: dict[str, str]) -> Signature:
    return Signature(algorithm=fields["algorithm"], key_id=fields["key_id"], value=base64.b64decode(fields["value"]))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
