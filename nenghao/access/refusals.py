"""Why a step of access is refused: a label's key and its values, told in the user's language."""

from nenghao.errors import DataRefused


class AccessRefused(DataRefused):
    """A step is not taken; `key` is a label below `access.refused`."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(" ".join([f"refused: {key}", *(f"{name}={value}" for name, value in values.items())]))
        self.key, self.values = key, values
