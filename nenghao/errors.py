"""The few errors of the project; the class says what the caller does next."""


class NenghaoError(Exception):
    """Any error that the project raises on purpose."""


class ConfigError(NenghaoError):
    """A setting, file or component is wrong or missing: stop and say so."""


class RetryableError(NenghaoError):
    """The other side is away for now: back off and try again."""


class DataRefused(NenghaoError):  # noqa: N818 - the name says what happened to the data
    """Input breaks a rule: record it with its reason and go on."""


class SealBroken(NenghaoError):  # noqa: N818 - the name says what happened to the seal
    """Sealed bytes do not match their seal: stop and page somebody."""
