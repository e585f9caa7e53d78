"""Who reads: in which language (the reader's choice, else the account's, the browser's, Chinese), and from where."""

from typing import Final, cast, get_args

from fastapi import Request

from nenghao.labels import Language

LANGUAGE_COOKIE: Final = "nenghao-language"


def language_of(request: Request, of_account: str | None = None) -> Language:
    """The language to answer in."""
    accepted = request.headers.get("accept-language", "").partition(",")[0].strip()[:2].lower()
    for wish in (request.cookies.get(LANGUAGE_COOKIE), of_account, accepted):
        if wish in get_args(Language):
            return cast("Language", wish)
    return "zh"


def address_of(request: Request) -> str:
    """The reader's address on the network, as the server saw it."""
    return "" if request.client is None else request.client.host
