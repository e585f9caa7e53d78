"""Tables and figures of a view's outcome, as people and the RESULT line read them."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from bench._files import Stranger
from bench._kinds import KINDS, MAIN_KINDS
from bench._labels import Labelled
from bench._runs import Outcome, Plan
from bench._score import KindScore
from bench._units import Inquiries
from nenghao.config import PROJECT_ROOT

SIZES: Final = ("big", "small")
DOCS: Final = PROJECT_ROOT / "docs" / "detection.md"
BEGIN: Final = "<!-- tables of scripts/bench detection --docs -->"
END: Final = "<!-- end of tables -->"


def summary(outcome: Outcome) -> dict[str, object]:
    """The figures of a view: means over kinds, big and small meters with equal weight, then each apart."""
    scores = {size: _of_size(outcome, size) for size in SIZES}
    scores = {size: kinds for size, kinds in scores.items() if kinds}
    everything = outcome.alarms["everything"]
    names = [name for name in MAIN_KINDS if any(name in kinds for kinds in scores.values())]
    return {
        "alerts_per_1000": round(everything.per_1000, 2),
        "alerts_per_1000_upper_95": round(everything.upper_95(), 2),
        **{key: _over([means[key] for means in map(_means, scores.values())]) for key in _PARTS},
        "kinds": {name: _over([_share(kinds[name], "events") for kinds in scores.values() if name in kinds])
                  for name in names},
        **{
            size: {
                "alerts_per_1000": round(outcome.alarms[size].per_1000, 2),
                "alerts_per_1000_upper_95": round(outcome.alarms[size].upper_95(), 2),
                **_means(kinds),
                "kinds": {name: round(_share(score, "events"), 3) for name, score in kinds.items()},
            }
            for size, kinds in scores.items()
        },
    }  # fmt: skip


#: What is divided by what, by the name of the share.
_PARTS: Final = {
    "events": ("found", "events"),
    "days": ("days_found", "days"),
    "named": ("named", "found"),
    "energy": ("energy_found", "energy"),
}


def _share(score: KindScore, name: str) -> float:
    part, whole = _PARTS[name]
    total = float(getattr(score, whole))
    return float(getattr(score, part)) / total if total else float("nan")


def _means(kinds: dict[str, KindScore]) -> dict[str, float]:
    """Means over kinds, each kind with the same weight; of those found for the name."""
    return {name: _over([_share(score, name) for score in kinds.values()]) for name in _PARTS}


def _over(rates: Sequence[float]) -> float:
    known = [rate for rate in rates if rate == rate]  # noqa: PLR0124 - NaN is not itself
    return round(sum(known) / len(known), 3) if known else 0.0


def means_without(outcome: Outcome) -> dict[str, dict[str, float]]:
    """Means over kinds by size where one rule is left out."""
    other = Outcome(kinds=outcome.without)
    return {size: _means(kinds) for size in SIZES if (kinds := _of_size(other, size))}


def _sum(outcome: Outcome, kind: str, size: str | None = None, mode: str | None = None) -> KindScore:
    total = KindScore()
    for (its_size, name, its_mode), score in outcome.kinds.items():
        if name == kind and size in {None, its_size} and mode in {None, its_mode}:
            total.add(score)
    return total


def _of_size(outcome: Outcome, size: str) -> dict[str, KindScore]:
    scores = {name: _sum(outcome, name, size) for name in MAIN_KINDS}
    return {name: score for name, score in scores.items() if score.events}


def kinds_table(outcome: Outcome, plan: Plan) -> list[str]:
    """A line a kind: events and days found on big and small meters, rightly named, by which rules."""
    modes = plan.register_modes if len(plan.register_modes) > 1 else ()
    head = ["kind", "called", "big: events", "days", "small: events", "days", "named", "by chance", *modes, "rules"]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for kind in plan.kinds:
        total = _sum(outcome, kind)
        if not total.events:
            continue
        cells = [kind, KINDS[kind].called.value]
        for size in SIZES:
            score = _sum(outcome, kind, size)
            cells += [
                f"{_percent(score.found, score.events)} of {score.events}",
                _percent(score.days_found, score.days),
            ]
        cells += [_percent(total.named, total.found), _percent(total.by_chance, total.events)]
        for mode in modes:
            score = _sum(outcome, kind, None, mode)
            cells.append(_percent(score.found, score.events))
        top = sorted(total.rules.items(), key=lambda item: -item[1])[:3]
        cells.append(", ".join(f"{rule} {100 * count / total.events:.0f}" for rule, count in top))
        lines.append(f"| {' | '.join(cells)} |")
    for size in SIZES:
        scores = {name: score for name, score in _of_size(outcome, size).items() if name in plan.kinds}
        if scores:
            means = _means(scores)
            lines.append(
                f"Mean over kinds, {size}: " + ", ".join(f"{name} {100 * means[name]:.1f} %" for name in means)
            )
    return lines


def without_lines(outcome: Outcome, rule: str) -> list[str]:
    """Events found without one rule, of the kinds that lose by it."""
    other = Outcome(kinds=outcome.without)
    lines = [
        f"Without {rule}, {size}: " + ", ".join(f"{name} {100 * share:.1f} %" for name, share in means.items())
        for size, means in means_without(outcome).items()
    ]
    lost = []
    for kind in MAIN_KINDS:
        with_it, without = _sum(outcome, kind), _sum(other, kind)
        if without.events and with_it.found - without.found > 0.02 * without.events:
            lost.append(f"{kind} {_percent(without.found, without.events)}")
    return [*lines, f"Kinds that lose by it, events found without it: {', '.join(lost)}"] if lost else lines


def wrong_names(outcome: Outcome, plan: Plan) -> list[str]:
    """What found events were called instead, the most frequent first."""
    lines = []
    for kind in plan.kinds:
        total = _sum(outcome, kind)
        others = {name: count for name, count in total.called.items() if name != KINDS[kind].called}
        if sum(others.values()) > 0.1 * max(total.found, 1):
            top = sorted(others.items(), key=lambda item: -item[1])[:3]
            lines.append(
                f"{kind} called " + ", ".join(f"{name} {100 * count / total.found:.0f} %" for name, count in top)
            )
    return lines


def alarms_table(outcome: Outcome) -> list[str]:
    """False alarms by set, by rule and on days that look strange."""
    rules = sorted({rule for rule, _ in outcome.rule_alarms})
    head = ["nothing injected", "meter-days", "plants", "flagged per 1 000", "at most (95 %)", "findings", *rules]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for name, alarms in sorted(outcome.alarms.items(), key=lambda item: (item[0] in {*SIZES, "everything"}, item[0])):
        days = sum(alarms.days.values())
        cells = [name, str(days), str(len(alarms.days)), f"{alarms.per_1000:.2f}", f"{alarms.upper_95():.2f}"]
        is_set = name in outcome.findings
        cells.append(str(outcome.findings[name]) if is_set else "")
        cells += [f"{1000 * outcome.rule_alarms.get((rule, name), 0) / days:.2f}" if is_set else "" for rule in rules]
        lines.append(f"| {' | '.join(cells)} |")
    if outcome.real_gaps:
        lines += ["", f"{outcome.real_gaps} of the flagged days hold a real gap, told as a gap."]
    for name, alarms in sorted(outcome.hard.items()):
        days = sum(alarms.days.values())
        lines.append(f"On days of {name}: {alarms.per_1000:.1f} flagged per 1 000 of {days} meter-days.")
    return lines


def units_lines(units: Inquiries) -> list[str]:
    """Inquiries of honest units."""
    return [
        f"{units.cases} cases that may be asked about in {units.unit_months:.0f} honest unit-months:",
        f"{units.per_100} per 100, at most {units.upper_95} (95 %).",
        f"{units.leads} cases are leads only, which nobody is asked about.",
    ]


def files_table(files: Sequence[Stranger]) -> list[str]:
    """What the command finds in a file, and the detectors in memory."""
    head = ["file", "rows", "events", "found by the command", "in memory", "findings of both", "the file's", "memory's"]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return lines + [f"| {' | '.join(str(cell) for cell in asdict(one).values())} |" for one in files]


def labels_table(labelled: Sequence[Labelled]) -> list[str]:
    """Scores against marks."""
    lines = ["| score | readings | marked | AUC | found at 1 % |", "|---|---|---|---|---|"]
    return lines + [
        f"| {one.score} | {one.points} | {one.marked} | {one.auc} | {100 * one.found_at_1_percent:.0f} % |"
        for one in labelled
    ]


def write_docs(lines: Sequence[str]) -> None:
    """Put the tables between the marks of docs/detection.md."""
    text = DOCS.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCS.write_text("\n".join([before + BEGIN, *lines, END + after]), encoding="utf-8")


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.0f}" if whole else "–"
