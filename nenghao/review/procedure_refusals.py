"""Why a step of a case is refused: a label's key and its values, told in the reader's language."""

from nenghao.errors import DataRefused


class ProcedureRefused(DataRefused):
    """A step is not taken; `key` is a label below `procedure.refused`."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(" ".join([f"refused: {reason}", *(f"{name}={value}" for name, value in values.items())]))
        self.reason, self.key, self.values = reason, f"procedure.refused.{reason}", values
