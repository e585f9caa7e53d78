"""Releases: the list, one with what it restates and who has it, its files; requests to seal and what became of them."""

from datetime import datetime
from typing import Final, get_args

from starlette.exceptions import HTTPException
from starlette.responses import Response

from nenghao.console.bureau.doors import PAGES, READERS, RECORDERS, SEALERS
from nenghao.console.bureau.places import PER_PAGE, PageRefused, list_urls, month_named, months_around
from nenghao.console.bureau.releases import MEDIA, check_release, load_release, release_file
from nenghao.console.forms import Form
from nenghao.console.visits import Visit
from nenghao.db import bureau as db
from nenghao.db import recipients, releases
from nenghao.db.releases import StoredRelease
from nenghao.db.seal_requests import NewSealRequest, insert_seal_request, load_seal_requests
from nenghao.domain.periods import SHANGHAI
from nenghao.domain.restatement import ReasonKind
from nenghao.labels import Language
from nenghao.registers.divisions import division_name

KINDS: Final = ("monitored_balance", "filing", "aggregate")
WAYS: Final = ("hand", "post", "mail", "platform", "publication")
#: What a person may give as a reason; what the store knows needs none.
REASONS: Final[tuple[str, ...]] = get_args(ReasonKind)


@PAGES.get("/releases", name="bureau.releases", rule=READERS)
def list_releases(
    visit: Visit, month: str = "", kind: str = "", words: str = "", restated: str = "", page: int = 1
) -> Response:
    """Releases, newest months first."""
    month_on = month_named(month, visit.now).start_on if month else None
    shown = max(1, page)
    found = db.release_lines(
        visit.conn, month_on=month_on, kind=kind if kind in KINDS else None, words=words.strip() or None,
        only_restated=restated == "1", most=PER_PAGE, skipped=(shown - 1) * PER_PAGE,
    )  # fmt: skip
    total = found[0].total if found else 0
    pages = max(1, -(-total // PER_PAGE))
    parts = {"month": month, "kind": kind, "words": words, "restated": restated}
    visit.note_view(None, f"releases {month or '-'}")
    return visit.page(
        "bureau/releases.html", found=found, parts=parts, kinds=KINDS, page=shown, pages=pages, total=total,
        urls=list_urls(visit, "bureau.releases", shown, pages, **parts),
        months=[f"{day:%Y-%m}" for day in db.months_there(visit.conn)],
    )  # fmt: skip


@PAGES.get("/releases/{name}", name="bureau.release", rule=READERS)
def show_release(visit: Visit, name: str) -> Response:
    """One release: hash, key and head, what it restates cell by cell, who has it."""
    found = load_release(visit.conn, name, visit.language, visit.now)
    if found is None:
        raise HTTPException(404)
    visit.note_view(found.stored.unit_id, f"release {name}")
    return visit.page(
        "bureau/release.html", found=found, files=tuple(MEDIA), ways=WAYS, reasons=REASONS,
        may_record=RECORDERS.allows(visit.person), may_seal=SEALERS.allows(visit.person),
    )  # fmt: skip


@PAGES.get("/releases/{name}/verify", name="bureau.release.verify", rule=READERS)
def verify_release(visit: Visit, name: str) -> Response:
    """Check the seal, byte for byte: a part of the release's page."""
    stored = _stored(visit, name)
    visit.note_view(stored.unit_id, f"verify {name}")
    checks = check_release(visit.conn, visit.settings, name, visit.now)
    return visit.partial("bureau/release_checks.html", checks=checks, name=name)


@PAGES.get("/releases/{name}/file.{kind}", name="bureau.release.file", rule=READERS)
def download_release(visit: Visit, name: str, kind: str, language: str = "zh") -> Response:
    """The sealed zip as it is, or the release as a workbook, a CSV or JSON."""
    if kind not in MEDIA:
        raise HTTPException(404)
    stored = _stored(visit, name)
    wanted: Language = "en" if language == "en" else "zh"
    data = release_file(visit.conn, name, kind, wanted, visit.now)
    visit.note_view(stored.unit_id, f"download {name}.{kind}")
    ending = "" if wanted == "zh" or kind in ("zip", "json") else "-en"
    return visit.download(data, f"{name}{ending}.{kind}", MEDIA[kind])


@PAGES.post("/releases/{name}/recipients", name="bureau.release.recipient", rule=RECORDERS)
def add_recipient(visit: Visit, form: Form, name: str) -> Response:
    """Record that somebody got the version."""
    stored = _stored(visit, name)
    if not form.text("recipient") or form.text("way") not in WAYS:
        raise PageRefused("recipient")
    sent_at = _instant(form.text("sent_at")) or visit.now
    if sent_at > visit.now:
        raise PageRefused("sent_later")
    recipients.insert_recipient(
        visit.conn, release_id=stored.release_id, recipient=form.text("recipient"), way=form.text("way"),
        document_no=form.text("document_no") or None, sent_at=sent_at, recorded_by=visit.person.name,
        recorded_at=visit.now,
    )  # fmt: skip
    visit.note_act("recipient", stored.unit_id, name)
    return visit.go(visit.url("bureau.release", name=name), "bureau_recipient_added")


@PAGES.post("/releases/{name}/restate", name="bureau.release.restate", rule=SEALERS)
def give_reason(visit: Visit, form: Form, name: str) -> Response:
    """Give the reason of a restatement that the store does not know; the job makes the version."""
    stored = _stored(visit, name)
    if form.text("reason") not in REASONS or not form.text("reference"):
        raise PageRefused("reason")
    recipients.insert_restatement_reason(
        visit.conn, release_id=stored.release_id, reason_kind=form.text("reason"), reference=form.text("reference"),
        given_by=visit.person.name, given_at=visit.now,
    )  # fmt: skip
    visit.note_act("restate", stored.unit_id, name)
    return visit.go(visit.url("bureau.release", name=name), "bureau_reason_given")


@PAGES.get("/seals", name="bureau.seals", rule=READERS)
def list_seals(visit: Visit, month: str = "") -> Response:
    """Requests to seal of a month and what became of each; asks again while one goes on."""
    asked = month_named(month, visit.now)
    found = load_seal_requests(visit.conn, month_on=asked.start_on)
    if visit.is_partial:
        return visit.partial("bureau/seals_part.html", requests=found, month=asked)
    visit.note_view(None, f"seals {asked}")
    return visit.page(
        "bureau/seals.html", requests=found, month=asked, may_seal=SEALERS.allows(visit.person),
        months=months_around(asked, db.months_there(visit.conn)), division_name=division_name,
        regions=_regions(visit),
    )  # fmt: skip


@PAGES.post("/aggregates", name="bureau.aggregate", rule=SEALERS)
def ask_aggregate(visit: Visit, form: Form) -> Response:
    """Ask that the sum of a region be sealed, to be public at once or from a time on."""
    asked = month_named(form.text("month"), visit.now)
    region, sector = form.text("region"), form.text("sector").upper()
    if not (len(region) == 6 and region.isdecimal()) or not region.startswith(visit.person.division_prefix or ""):
        raise PageRefused("region", text=region)
    if sector and not (sector[0].isalpha() and sector.isascii() and (sector[1:] or "0").isdecimal()):
        raise PageRefused("sector", text=sector)
    request = NewSealRequest(
        kind="aggregate",
        month_on=asked.start_on,
        region_code=region,
        sector_code=sector or None,
        parts="division" if form.text("parts") == "division" else "industry",
        panel_code=form.text("panel") or None,
        public_from=_instant(form.text("public_from")),
        requested_by=visit.person.name,
        requested_at=visit.now,
        remark=form.text("remark") or None,
    )
    insert_seal_request(visit.conn, request)
    visit.note_act("aggregate", None, f"{asked} {region}")
    return visit.go(visit.url("bureau.seals", month=str(asked)), "bureau_seal_asked")


def _stored(visit: Visit, name: str) -> StoredRelease:
    stored = releases.find_release(visit.conn, f"{name}.zip")
    if stored is None:
        raise HTTPException(404)
    return stored


def _regions(visit: Visit) -> list[str]:
    """Regions that can be summed: the person's own, and the leagues of the units in it."""
    prefix = visit.person.division_prefix or ""
    own = [prefix.ljust(6, "0")] if prefix else []
    return own + [code for code in db.leagues(visit.conn) if code not in own]


def _instant(text: str) -> datetime | None:
    """A local time of a form, in Asia/Shanghai; None where none is given.

    Raises: PageRefused where it is none.
    """
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    except ValueError as error:
        raise PageRefused("instant", text=text) from error
