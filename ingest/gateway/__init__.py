"""The reference gateway: a store-and-forward sender that forgets a message only when its receipt has come."""

from ingest.gateway.account import GatewayAccount
from ingest.gateway.sender import SendReport, send
from ingest.gateway.spool import Spool, SpoolCounts

__all__ = ["GatewayAccount", "SendReport", "Spool", "SpoolCounts", "send"]
