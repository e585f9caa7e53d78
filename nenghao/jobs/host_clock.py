"""Whether the system says that its clock is synchronised: a day's tree is dated by it."""

import ctypes
import os
from typing import Final

#: Source: adjtimex(2): the return value of a clock that is not synchronised.
TIME_ERROR: Final = 5
#: More than any version of struct timex has.
_TIMEX_BYTES: Final = 512


def is_clock_synchronised() -> bool:
    """What the kernel knows of its clock, whoever disciplines it (chrony, ntpd, timesyncd, the hypervisor).

    Raises: OSError where the kernel does not answer.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    state = libc.adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    if state < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return bool(state != TIME_ERROR)
