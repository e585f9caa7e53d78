"""How much falsification the rules find on measured meters, and how often they accuse an honest one.

    scripts/bench detection [--view value|register|all] [--split tune|report] [--kinds a,b] [--rules x,y] [--full]

Runs `nenghao.detection.judging` with the thresholds of the rule folders over measured curves with nothing injected, and
over the same curves with one kind at a time injected in a quarter of the meters. The measured sets lie in the folder
NENGHAO_SHARED (default ../shared), below data/. Nobody tunes on the half `report`. Without --view everything runs:
the three views, known baselines, delays and inquiries of whole units, files by the command, a province's day.
To tune one detector: --split tune --view value --detector NAME|module:function --set threshold=number; --examples
prints what it says on honest meters. Needs the dependency group `bench`, which scripts/bench installs.
"""

import argparse
import json
import os
import platform
import sys
import time
import warnings
from collections.abc import Sequence
from dataclasses import asdict, replace

from bench import _files, _labels, _network, _province, _report, _rules, _sets, _small, _units
from bench._kinds import KINDS, MAIN_KINDS, VALUE_KINDS, VARIANTS
from bench._runs import Outcome, Plan, run
from bench._sets import View

VIEWS: tuple[View, ...] = ("value", "register", "all")
#: The rule that sees rounding twice: an injector over rounded values makes kinds look easier to it than they are.
FLATTERED = "rescaled_grid"


#: What goes into docs/detection.md.
_SAID: list[str] = []


def _say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)
    _SAID.extend(lines)


def main() -> None:
    arguments = _arguments()
    warnings.filterwarnings("ignore", "Mean of empty slice|All-NaN|Degrees of freedom", RuntimeWarning)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"scripts/bench detection {' '.join(sys.argv[1:])}", flush=True)
    rules = _rules.chosen(arguments.rules, arguments.without, arguments.detector, arguments.set)
    print(f"{len(rules)} rules: {', '.join(rules)}")
    if arguments.floors:
        _small.write_floors(rules)
        return
    outcomes = {view: _view(view, rules, arguments) for view in arguments.view or VIEWS}
    views = {view: _report.summary(outcome) for view, outcome in outcomes.items()}
    result: dict[str, object] = {"bench": "detection", "split": arguments.split, "views": views}
    if FLATTERED in rules:
        result["without_rescaled_grid"] = {view: _report.means_without(outcome) for view, outcome in outcomes.items()}
    if not arguments.view:
        result |= _beside(rules, arguments)
    if arguments.docs:
        _report.write_docs(_SAID)
    print("RESULT " + json.dumps(result))


def plan_of(view: View, rules: _rules.Rules, kinds: Sequence[str], thinned_by: int) -> Plan:
    """What a view runs: edits after the meter beside its register, or half of them in a network with all channels."""
    able = KINDS if view != "value" else VALUE_KINDS + VARIANTS
    plan = Plan(rules, view, tuple(kind for kind in kinds if kind in able), thinned_by=thinned_by)
    if view == "all":
        plan = replace(plan, register_modes=("keep", "follow"), channels_modes=("natural", "all"))
    return plan


def _view(view: View, rules: _rules.Rules, arguments: argparse.Namespace) -> Outcome:
    """Runs a view and prints it."""
    started = time.monotonic()
    kinds = arguments.kinds or (MAIN_KINDS + VARIANTS if arguments.variants else MAIN_KINDS)
    plan = replace(
        plan_of(view, rules, kinds, 2 if arguments.full else 6),
        seed=arguments.seed,
        is_dithered=arguments.dithered,
        left_out=FLATTERED if FLATTERED in rules else "",
    )
    if view == "all":
        frames = _network.frames(arguments.split, sets=arguments.sets)
    else:
        frames = _sets.frames(arguments.split, view, sets=arguments.sets)
    outcome = run(frames, plan)
    _say("", f"### View {view}", "", *_report.kinds_table(outcome, plan))
    _say(*_report.without_lines(outcome, FLATTERED), *_report.wrong_names(outcome, plan), "")
    _say(*_report.alarms_table(outcome))
    if arguments.examples:
        print(*sorted(outcome.examples)[: arguments.examples], sep="\n")
    milliseconds = 1000 * outcome.detect_s / max(outcome.series_days, 1)
    seconds = time.monotonic() - started
    print(
        f"Half {arguments.split}; detectors {milliseconds:.2f} ms CPU a judged meter-day; {seconds:.0f} s", flush=True
    )
    return outcome


def _beside(rules: _rules.Rules, arguments: argparse.Namespace) -> dict[str, object]:
    """What is measured beside the views."""
    from bench import _baselines  # scikit-learn is there only where scripts/bench installed it

    found: dict[str, object] = {}
    units = _units.inquiries(arguments.split, rules, _rules.doubts(rules), draws=_units.DRAWS if arguments.full else 2)
    _say("", "### Whole units", "", *_report.units_lines(units))
    found["inquiries_per_100_unit_months"] = units.per_100
    found["inquiries_per_100_unit_months_upper_95"] = units.upper_95
    found["delay_days"] = delays = _units.delays(arguments.split, rules)
    told = ", ".join(f"{kind} {days:g}" for kind, days in delays.items())
    _say(f"Median days to the first finding of kinds inside the meter: {told}")

    files = _files.score(arguments.split, rules)
    _say("", "### Files of strangers", "", *_report.files_table(files))
    found["files"] = [asdict(one) for one in files]

    speed = _province.measure(_province.UNITS)
    found |= {"series_days": speed.series_days, "series_days_s": speed.series_days_s, "gx_share": speed.gx_share}
    _say(
        "",
        "### A province's day",
        "",
        f"{speed.series_days:,} series-days in {speed.series_days_s} s: features "
        f"{speed.features_s} s, detectors {speed.detect_s} s, Great Expectations {speed.validate_s} s; "
        f"{speed.findings} findings",
    )

    labelled = _labels.gas_pressure(rules)
    _say("", "### Marks of people: gas pressure", "", *_report.labels_table(labelled))
    found["gas_pressure"] = {one.score: [one.auc, one.found_at_1_percent] for one in labelled}

    baselines = _baselines.table(arguments.split, thinned_by=1 if arguments.full else 4)
    _say("", "### Known baselines, values only", "", *_baselines.table_lines(baselines))
    found["baselines"] = {size: _baselines.means_of(kinds) for size, kinds in baselines.items()}
    return found


def _arguments() -> argparse.Namespace:
    def words(text: str) -> list[str]:
        return [word for word in text.split(",") if word]

    parser = argparse.ArgumentParser(prog="scripts/bench detection")
    parser.add_argument("--view", action="append", choices=VIEWS, help="one or more; everything if not given")
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
    parser.add_argument(
        "--full", action="store_true", help="three times the events and draws; takes more than 30 minutes"
    )
    parser.add_argument("--floors", action="store_true", help="write what the tests hold, of the small form, and end")
    parser.add_argument("--docs", action="store_true", help="write the tables into docs/detection.md")
    parser.add_argument("--examples", type=int, default=0, help="print so many findings on honest meters")
    return parser.parse_args()


if __name__ == "__main__":
    main()
