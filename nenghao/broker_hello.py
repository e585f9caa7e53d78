"""A greeting: whether a broker answers, shows a certificate of ours and takes a client in."""

import hashlib
import socket
import ssl
import struct
import time


def greet_broker(host: str, port: int, user: str, password: str) -> int:
    """Say hello and return the broker's code: 0 is welcome, 4 and 5 are not.

    Source: MQTT 3.1.1, 3.1 and 3.2. The client library belongs to the collector alone, and this is all that is needed.

    Raises: OSError where nobody answers.
    """

    def text(value: str) -> bytes:
        return struct.pack(">H", len(value.encode())) + value.encode()

    clean_session, has_password, has_user = 0x02, 0x40, 0x80
    body = text("MQTT") + bytes([4, clean_session | has_password | has_user, 0, 10])
    body += text(f"health-{time.monotonic_ns()}") + text(user) + text(password)
    length = bytes([len(body)]) if len(body) < 128 else bytes([len(body) % 128 | 0x80, len(body) // 128])
    with socket.create_connection((host, port), timeout=5) as connection:
        connection.sendall(b"\x10" + length + body)
        answer = connection.recv(4)
        if len(answer) < 4:
            raise ConnectionResetError("the broker closed the connection")
        connection.sendall(b"\xe0\x00")
        return answer[3]


def shown_certificate(host: str, port: int, authority_pem: str) -> str:
    """The SHA-256, in hex, of the certificate that the listener for gateways shows, by a whole TLS handshake.

    Raises: OSError where nobody answers, or the certificate is not for the host, is expired or of another authority.
    """
    context = ssl.create_default_context(cadata=authority_pem)
    with (
        socket.create_connection((host, port), timeout=5) as connection,
        context.wrap_socket(connection, server_hostname=host) as encrypted,
    ):
        return hashlib.sha256(encrypted.getpeercert(binary_form=True) or b"").hexdigest()
