"""Prints an evidence document: one page to read, sign and take along; more only where points or readings need them.

Before: a document (`nenghao.reporting.evidence`), which needs no store. After: paper. What is on it stands in the
document, and its hash is below every page.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

from nenghao.domain.rounding import percent_text, round_figure
from nenghao.labels import Language, label
from nenghao.reporting.evidence_chart import draw_chart
from nenghao.reporting.paper import GREY, Paper

#: Findings, events and decisions that a page names; the document has them all.
MOST_LINES: Final = 6
#: Readings that the last page lists; the document has up to a thousand a point.
MOST_READINGS: Final = 240
READING_COLUMNS: Final = 3

Document = Mapping[str, Any]


def print_document(document: Document, digest: str, language: Language, font_file: Path) -> bytes:
    """The pages of a document; the same bytes for the same document, language and font.

    Raises: ConfigError where the font is not there.
    """
    return _Page(document, digest, language, font_file).bytes()


class _Page:
    def __init__(self, document: Document, digest: str, language: Language, font_file: Path) -> None:
        self.document, self.language = document, language
        self.word = partial(_word, language)
        self.paper = Paper(
            font_file=font_file,
            title=f"{label('evidence.title', language)} {document['case']['case_id']}",
            made_at=datetime.fromisoformat(document["made_at"]),
            footer=(
                self.word("hash", algorithm="SHA-256", hash=digest),
                self.word("number", page="{page}", pages="{pages}"),
            ),
        )
        self._head()
        self._findings()
        for row in document["documents"]:
            self._document(row)
        for number, subject in enumerate(document["subjects"]):
            if number:
                self.paper.keep(120)
            self._subject(subject)
        self._checklist()
        self._beside()
        self._readings()

    def bytes(self) -> bytes:
        return self.paper.bytes()

    def _head(self) -> None:
        case, missing = self.document["case"], self.word("missing")
        self.paper.line(label("evidence.title", self.language), size=14)
        self.paper.line(label("evidence.subtitle", self.language), size=7, colour=GREY)
        level = label(f"case.level.{case['level']}", self.language)
        self.paper.line(
            self.word("case", case_id=case["case_id"], level=level, opened_on=case["opened_at"][:10]), size=9
        )
        unit = case["unit"] or dict.fromkeys(("name", "unit_code", "industry_code", "division_code"), missing)
        self.paper.line(
            self.word("unit", **{name: unit[name] for name in ("name", "unit_code", "industry_code", "division_code")})
        )
        made = {"made_at": _at(self.document["made_at"]), "made_by": self.document["made_by"]}
        begin, end = (_at(one) for one in case["span"])
        self.paper.line(f"{self.word('span', begin=begin, end=end)}    {self.word('made', **made)}")

    def _findings(self) -> None:
        self.paper.heading(self.word("findings"))
        titles = {rule["rule_code"]: rule["title"][self.language] for rule in self.document["rules"]}
        told: set[str] = set()
        findings = self.document["findings"]
        for row in findings[:MOST_LINES]:
            about = {
                "title": titles[row["rule_code"]],
                "code": row["rule_code"],
                "version": row["rule_version"],
                "level": label(f"case.level.{row['level']}", self.language),
                "begin": _at(row["span"][0]),
                "end": _at(row["span"][1]),
            }
            self.paper.line(self.word("finding", **about), size=7.5)
            figures = [f"{name} = {_short(value)}" for name, value in row["statistics"].items() if _is_short(value)]
            self.paper.line("    ".join(figures), size=6.5, indent=4)
            if row["rule_code"] not in told:
                told.add(row["rule_code"])
                limits = [
                    self.word(
                        "threshold", name=name, value=one["value"], unit=one["unit"], valid_from=one["valid_from"][:10]
                    )
                    for name, one in row["thresholds"].items()
                ]
                self.paper.line("    ".join(limits), size=6, colour=GREY, indent=4)
        self._left_out(len(findings) - MOST_LINES)

    def _left_out(self, count: int) -> None:
        if count > 0:
            self.paper.line(label("evidence.left_out", self.language, count=count), size=6.5, colour=GREY, indent=4)

    def _subject(self, subject: Mapping[str, Any]) -> None:
        point, missing = subject["point"], self.word("missing")
        self.paper.heading(
            self.word(
                "subject",
                code=point["point_code"],
                name=point["point_name"],
                variety=point["variety_code"],
                series=subject["series_id"],
                kind=label(f"evidence.channel.{subject['series_kind']}", self.language),
            )
        )
        for meter in [row for row in subject["meters"] if row["series_id"] == subject["series_id"]][:3]:
            names = ("meter_no", "model", "accuracy_class", "multiplier", "decimals")
            until = meter["next_verification_on"] or missing
            self.paper.line(self.word("meter", **{name: meter[name] for name in names}, until=until), size=7)
        if subject["unit"]:
            self.paper.line(self.word("chart", unit=subject["unit"]), size=7, colour=GREY)
            draw_chart(self.paper, subject, {"reported": self.word("reported"), "expected": self.word("expected")})
        self._due(subject)

    def _document(self, row: Mapping[str, Any]) -> None:
        begin, end = (_at(one)[:10] for one in row["span"])
        self.paper.heading(
            self.word("row", row=row["row_code"], column=row["column_code"] or "-", begin=begin, end=end)
        )
        self._due(row)

    def _due(self, subject: Mapping[str, Any]) -> None:
        unit, due = subject["unit"] or "-", subject["due_figure"]
        self.paper.line(self.word("due", unit=unit), size=8)
        widths = (0.31, 0.23, 0.23, 0.23)
        self.paper.row(self.word("columns").split("|"), widths, colour=GREY)
        for one in subject["witnesses"]:
            name = one["name"][self.language]
            if "silent" in one:
                self.paper.row([name, one["silent"][self.language]], (0.31, 0.69), size=6.5, colour=GREY)
            else:
                self.paper.row([name, *(_figure(one[end]) for end in ("low", "mid", "high"))], widths)
        if due is None:
            self.paper.line(subject["why_no_due_figure"][self.language], size=8)
            return
        names = {one["witness"]: one["name"][self.language] for one in subject["witnesses"]}
        self.paper.line(
            self.word(
                "due_line",
                **{name: _figure(due[name]) for name in ("low", "mid", "high", "reported")},
                unit=unit,
                witnesses=", ".join(names[witness] for witness in due["witnesses"]),
                direction=label(f"evidence.direction.{due['direction']}", self.language),
            ),
            size=9,
        )
        coal, rate = subject["standard_coal"], due["least_error_rate"]
        self.paper.line(
            self.word(
                "amount_line",
                least=_figure(due["least_amount"]),
                likely=_figure(due["likely_amount"]),
                unit=unit,
                least_tce=self.word("missing") if coal is None else _figure(coal["least_amount"]),
                rate=self.word("missing") if rate is None else percent_text(Decimal(rate)),
                band=self.word("no_band") if due["band"] is None else due["band"]["name"][self.language],
                edition=due["band_edition"],
                confidence=due["band_confidence"],
            ),
            size=9,
        )

    def _checklist(self) -> None:
        self.paper.heading(self.word("checklist"))
        for one in self.document["checklist"]:
            answers = "; ".join(checked["text"][self.language] for checked in one["checked"])
            ask = self.word("ask", ask=one["ask_for"][self.language])
            text = f"{answers}  {ask}" if answers else ask
            self.paper.row([one["question"][self.language], self._result(one), text], (0.28, 0.12, 0.60), size=6.5)
        shown = {checked["text"][self.language] for one in self.document["checklist"] for checked in one["checked"]}
        general = [one for subject in self.document["subjects"] for one in subject["checks"]] or self.document[
            "unit_checks"
        ]
        rest = {one["text"][self.language]: one for one in general if one["text"][self.language] not in shown}
        self.paper.line(self.word("general"), size=7.5)
        cells = [f"[{self._result(one)}] {text}" for text, one in rest.items()]
        for first in range(0, len(cells), 2):
            self.paper.row([*cells[first : first + 2], ""][:2], (0.5, 0.5), size=6.5)

    def _result(self, one: Mapping[str, Any]) -> str:
        return label(f"evidence.result.{one['result']}", self.language)

    def _beside(self) -> None:
        """Events, messages, decisions and how often the rules were right."""
        self.paper.heading(self.word("events"))
        events, missing = self.document["events"], self.word("missing")
        applying = {
            row["context_event_id"]: row["applies"]
            for subject in self.document["subjects"]
            for row in subject["events"]
        }
        for row in events[:MOST_LINES]:
            about = {
                "begin": _at(row["begins_at"]),
                "end": _at(row["ends_at"]),
                "document": row["document_no"] or missing,
            }
            fits = self.word("applies" if applying.get(row["context_event_id"], True) else "applies_not")
            text = self.word("event", title=row["title"], kind=row["kind"], **about)
            self.paper.line(f"{text}  {fits}", size=7)
        if not events:
            self.paper.line(self.word("no_events"), size=7, colour=GREY)
        self._left_out(len(events) - MOST_LINES)
        self.paper.heading(self.word("decisions"))
        for row in self.document["decisions"][-MOST_LINES:]:
            kind = label(f"case.decision.{row['kind']}", self.language)
            outcome = [] if row["outcome"] is None else [label(f"case.outcome.{row['outcome']}", self.language)]
            decided = f"{_at(row['decided_at'])} {row['decided_by']}: "
            self.paper.line(f"{decided}{', '.join([kind, *outcome])}: {row['reason']}", size=7)
        if not self.document["decisions"]:
            self.paper.line(self.word("no_decisions"), size=7, colour=GREY)
        precision = [self.word("right", **row) for row in self.document["precision"]]
        self.paper.line(f"{self.word('precision')}: {'; '.join(precision) or self.word('no_precision')}", size=7)

    def _readings(self) -> None:
        readings = [row for subject in self.document["subjects"] for row in subject["readings"]]
        proofs = self.document["proofs"]
        counts = {
            "readings": len(readings) + sum(subject["readings_left_out"] for subject in self.document["subjects"]),
            "messages": len(self.document["messages"]),
            "proven": len(proofs["messages"]),
            "unproven": len(proofs["unproven"]),
        }
        self.paper.heading(self.word("raw"))
        self.paper.line(self.word("raw_line", **counts), size=7)
        hashes = {row["message_id"]: row["hash"] for row in self.document["messages"]}
        cells = [
            f"{row['series_id']}  {_at(row['at'])}  {row['value']}  {hashes.get(row['message_id'], '')[:12]}"
            for row in readings[:MOST_READINGS]
        ]
        widths = [1 / READING_COLUMNS] * READING_COLUMNS
        for first in range(0, len(cells), READING_COLUMNS):
            filled = cells[first : first + READING_COLUMNS] + [""] * READING_COLUMNS
            self.paper.row(filled[:READING_COLUMNS], widths, size=6)
        self._left_out(counts["readings"] - len(cells))


def _word(language: Language, key: str, **values: object) -> str:
    return label(f"evidence.page.{key}", language, **values)


def _at(text: str) -> str:
    return text[:16].replace("T", " ")


def _figure(text: str) -> str:
    """A figure with at most three decimals: more stand in the document."""
    return f"{round_figure(Decimal(text), 3).normalize():,f}"


def _is_short(value: object) -> bool:
    return isinstance(value, str | int | float) and len(str(value)) <= 40


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
