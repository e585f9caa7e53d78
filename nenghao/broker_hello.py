"""A greeting in MQTT 3.1.1: whether a broker answers and takes a client in."""

import socket
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
