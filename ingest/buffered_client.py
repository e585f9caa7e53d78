"""paho's client with a buffer before it: paho asks the system three times for each packet, and takes each apart slowly.

Only what a collector gets by the thousand, a message without properties, is taken apart here; all else is left to paho,
byte for byte.
"""

from typing import Any, Final

from paho.mqtt.client import Client, MQTTMessage

#: What is asked for at once; as much may lie here while nothing is taken.
BUFFER_BYTES: Final = 131_072
_PUBLISH: Final = 0x30
#: The packet's type, and the bit of QoS 2, whose handshake is paho's.
_PUBLISH_MASK: Final = 0xF4
_QOS_1: Final = 0x02
_DUP: Final = 0x08
_RETAIN: Final = 0x01
#: MQTT writes a length in groups of seven bits, at most four of them.
_MORE: Final = 0x80
_LENGTH_BITS: Final = (0, 7, 14, 21)


class BufferedClient(Client):
    """Connects once: a second connection would find what the first one left."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._received = b""
        self._at = 0

    @property
    def has_received(self) -> bool:
        """Whether there is something to read that `select` does not know of."""
        return self._at < len(self._received)

    def _sock_recv(self, bufsize: int) -> bytes:
        if self._at >= len(self._received):
            self._received, self._at = super()._sock_recv(max(bufsize, BUFFER_BYTES)), 0
        at = self._at
        taken = self._received[at : at + bufsize]
        self._at = at + len(taken)
        return taken

    def _packet_read(self) -> Any:
        # Between two packets only: what paho has begun it ends.
        if self._in_packet["command"] == 0:
            message = self._take_message()
            if message is not None:
                self.on_message(self, None, message)  # type: ignore[misc]  # it is set: nobody subscribes without
                return 0
        return super()._packet_read()

    def _take_message(self) -> MQTTMessage | None:
        """The next message, where it is here as a whole and there is nothing in it but topic, id and payload."""
        data, at = self._received, self._at
        available = len(data) - at
        if available < 2:
            return None
        first = data[at]
        is_numbered = first & _QOS_1
        if first & _PUBLISH_MASK != _PUBLISH or (is_numbered and not self._manual_ack):
            return None
        place, length = at + 1, 0
        for bits in _LENGTH_BITS:
            if place >= len(data):
                return None
            group = data[place]
            place += 1
            length |= (group & ~_MORE) << bits
            if not group & _MORE:
                break
        else:
            return None
        end = place + length
        topic_at = place + 2
        topic_end = topic_at + int.from_bytes(data[place:topic_at], "big")
        payload_at = topic_end + (3 if is_numbered else 1)
        if end > len(data) or payload_at > end or data[payload_at - 1]:
            return None
        message = MQTTMessage(topic=data[topic_at:topic_end])
        if is_numbered:
            message.mid = int.from_bytes(data[topic_end : topic_end + 2], "big")
            message.qos = 1
        message.retain = bool(first & _RETAIN)
        message.dup = bool(first & _DUP)
        message.payload = data[payload_at:end]
        self._at = end
        return message
