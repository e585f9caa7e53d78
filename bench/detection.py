"""How much falsification the rules find on measured meters, and how often they accuse an honest one.

    scripts/bench detection [--view value|register|all] [--split tune|report] [--kinds a,b] [--rules x,y] [--quick]

Runs `nenghao.detection.judging` with the thresholds of the rule folders over measured curves with nothing injected, and
over the same curves with one kind at a time injected in a quarter of the meters. The measured sets lie in the folder
NENGHAO_SHARED (default ../shared), below data/. Nobody tunes on the half `report`.
To tune one detector: --split tune --detector NAME|module:function --set threshold=number, and --examples prints what it
says on honest meters. Needs the dependency group `bench`, which scripts/bench installs.
"""

import argparse
import json
import os
import platform
import sys
import time
import warnings
from collections.abc import Sequence
from dataclasses import replace

from bench import _network, _rules, _sets, _small
from bench._kinds import KINDS, MAIN_KINDS, VALUE_KINDS, VARIANTS
from bench._runs import Outcome, Plan, run
from bench._score import KindScore
from bench._sets import View

VIEWS: tuple[View, ...] = ("value", "register", "all")


def main() -> None:
    arguments = _arguments()
    warnings.filterwarnings("ignore", "Mean of empty slice|All-NaN", RuntimeWarning)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"scripts/bench detection {' '.join(sys.argv[1:])}", flush=True)
    rules = _rules.chosen(arguments.rules, arguments.without, arguments.detector, arguments.set)
    print(f"{len(rules)} rules: {', '.join(rules)}")
    if arguments.floors:
        _small.write_floors(rules)
        return
    views = {view: _view(view, rules, arguments) for view in arguments.view or VIEWS}
    print("RESULT " + json.dumps({"bench": "detection", "split": arguments.split, "views": views}))


def plan_of(view: View, rules: _rules.Rules, kinds: Sequence[str], thinned_by: int) -> Plan:
    """What a view runs: edits after the meter beside its register, or half of them in a network with all channels."""
    able = KINDS if view != "value" else VALUE_KINDS + VARIANTS
    plan = Plan(rules, view, tuple(kind for kind in kinds if kind in able), thinned_by=thinned_by)
    if view == "all":
        plan = replace(plan, register_modes=("keep", "follow"), channels_modes=("natural", "all"))
    return plan


def _view(view: View, rules: _rules.Rules, arguments: argparse.Namespace) -> dict[str, object]:
    started = time.monotonic()
    kinds = arguments.kinds or (MAIN_KINDS + VARIANTS if arguments.variants else MAIN_KINDS)
    plan = replace(
        plan_of(view, rules, kinds, 4 if arguments.quick else 1), seed=arguments.seed, is_dithered=arguments.dithered
    )
    if view == "all":
        frames = _network.frames(arguments.split, sets=arguments.sets)
    else:
        frames = _sets.frames(arguments.split, view, sets=arguments.sets)
    outcome = run(frames, plan)
    print(f"\n### view {view}, half {arguments.split} ({time.monotonic() - started:.0f} s)")
    print_kinds(outcome, plan)
    print_alarms(outcome)
    if arguments.examples:
        print(*sorted(outcome.examples)[: arguments.examples], sep="\n")
    print(
        f"detectors: {1000 * outcome.detect_s / max(outcome.series_days, 1):.2f} ms CPU a judged meter-day", flush=True
    )
    return summary(outcome)


def summary(outcome: Outcome) -> dict[str, object]:
    """The figures of a view, all sizes together and apart."""
    everything = outcome.alarms["everything"]
    kinds = {name: _sum(outcome, name) for name in KINDS}
    found = {name: score for name, score in kinds.items() if score.events and not KINDS[name].is_variant}
    return {
        "alerts_per_1000": round(everything.per_1000, 2),
        "alerts_per_1000_upper_95": round(everything.upper_95(), 2),
        "events": _mean(found, "found", "events"),
        "days": _mean(found, "days_found", "days"),
        "named": _mean(found, "named", "found"),
        "energy": _mean(found, "energy_found", "energy"),
        "kinds": {name: round(score.found / score.events, 3) for name, score in found.items()},
        **{
            size: {
                "alerts_per_1000": round(outcome.alarms[size].per_1000, 2),
                "alerts_per_1000_upper_95": round(outcome.alarms[size].upper_95(), 2),
                "events": _mean(_of_size(outcome, size), "found", "events"),
                "days": _mean(_of_size(outcome, size), "days_found", "days"),
                "named": _mean(_of_size(outcome, size), "named", "found"),
                "kinds": {
                    name: round(score.found / score.events, 3) for name, score in _of_size(outcome, size).items()
                },
            }
            for size in ("big", "small")
            if size in outcome.alarms
        },
    }


def _sum(outcome: Outcome, kind: str, size: str | None = None, mode: str | None = None) -> KindScore:
    total = KindScore()
    for (its_size, name, its_mode), score in outcome.kinds.items():
        if name == kind and size in {None, its_size} and mode in {None, its_mode}:
            total.add(score)
    return total


def _of_size(outcome: Outcome, size: str) -> dict[str, KindScore]:
    scores = {name: _sum(outcome, name, size) for name in MAIN_KINDS}
    return {name: score for name, score in scores.items() if score.events}


def _mean(scores: dict[str, KindScore], part: str, whole: str) -> float:
    """Mean over kinds of a rate, each kind with the same weight."""
    rates = [getattr(score, part) / getattr(score, whole) for score in scores.values() if getattr(score, whole)]
    return round(sum(rates) / len(rates), 3) if rates else 0.0


def print_kinds(outcome: Outcome, plan: Plan) -> None:
    """A line a kind: events and days found on big and small meters, rightly named, by which rules."""
    modes = plan.register_modes if len(plan.register_modes) > 1 else ()
    head = ["kind", "big events", "big days", "small events", "small days", "named", "by chance", *modes, "rules"]
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for kind in plan.kinds:
        total = _sum(outcome, kind)
        if not total.events:
            continue
        cells = [kind]
        for size in ("big", "small"):
            score = _sum(outcome, kind, size)
            cells += [f"{_rate(score.found, score.events)} of {score.events}", _rate(score.days_found, score.days)]
        cells += [_rate(total.named, total.found), _rate(total.by_chance, total.events)]
        for mode in modes:
            score = _sum(outcome, kind, None, mode)
            cells.append(_rate(score.found, score.events))
        top = sorted(total.rules.items(), key=lambda item: -item[1])[:3]
        cells.append(", ".join(f"{rule} {100 * count / total.events:.0f}" for rule, count in top))
        print(f"| {' | '.join(cells)} |")
    for size in ("big", "small"):
        scores = {name: score for name, score in _of_size(outcome, size).items() if name in plan.kinds}
        if scores:
            rates = (_mean(scores, *pair) for pair in (("found", "events"), ("days_found", "days"), ("named", "found")))
            print(f"mean over kinds, {size}: events {{:.1%}}, days {{:.1%}}, named {{:.1%}}".format(*rates))


def print_alarms(outcome: Outcome) -> None:
    """False alarms by set, by rule and on days that look strange."""
    rules = sorted({rule for rule, _ in outcome.rule_alarms})
    head = ["nothing injected", "meter-days", "plants", "flagged per 1000", "at most (95 %)", "findings", *rules]
    print(f"\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for name, alarms in outcome.alarms.items():
        days = sum(alarms.days.values())
        cells = [name, str(days), str(len(alarms.days)), f"{alarms.per_1000:.2f}", f"{alarms.upper_95():.2f}"]
        cells.append(str(outcome.findings.get(name, "")))
        cells += [f"{1000 * outcome.rule_alarms.get((rule, name), 0) / days:.2f}" for rule in rules]
        print(f"| {' | '.join(cells)} |")
    for name, alarms in sorted(outcome.hard.items()):
        print(f"{name}: {alarms.per_1000:.1f} per 1000 of {sum(alarms.days.values())} meter-days")


def _rate(part: float, whole: float) -> str:
    return f"{100 * part / whole:.0f}" if whole else "–"


def _arguments() -> argparse.Namespace:
    def words(text: str) -> list[str]:
        return [word for word in text.split(",") if word]

    parser = argparse.ArgumentParser(prog="scripts/bench detection")
    parser.add_argument("--view", action="append", choices=VIEWS, help="one or more; all three if not given")
    parser.add_argument("--split", choices=["tune", "report"], default="report")
    parser.add_argument("--kinds", type=words, default=[], help="; ".join(KINDS))
    parser.add_argument("--variants", action="store_true", help="the held-out variants f1..f6 as well")
    parser.add_argument(
        "--sets", type=words, default=[], help="steel, building, house, china, swiss, australian, british"
    )
    parser.add_argument("--rules", type=words, default=[])
    parser.add_argument("--without", type=words, default=[], help="rules to leave out")
    parser.add_argument("--detector", action="append", default=[], help="name or module:function, instead of rules")
    parser.add_argument("--set", action="append", default=[], help="[rule.]threshold=number")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dithered", action="store_true", help="in-meter kinds leave no imprint of rounding twice")
    parser.add_argument("--quick", action="store_true", help="a quarter of the events")
    parser.add_argument("--floors", action="store_true", help="write what the tests hold, of the small form, and end")
    parser.add_argument("--examples", type=int, default=0, help="print so many findings on honest meters")
    return parser.parse_args()


if __name__ == "__main__":
    main()
