"""What `bench ingest` runs as the collector, and the medians and ratios it prints."""

import statistics

from bench import _peers as peers

#: How the collector runs: its words, its variables, and the gateway of each unit that sends.
COLLECTORS = {
    "collector": ((), {"NENGHAO_SHARDS": "0"}, "g1"),
    "apart": ((), {"NENGHAO_SHARDS": "0", "NENGHAO_IS_COMMIT_APART": "true"}, "g1"),
    "two_workers": (("--workers", "2"), {"NENGHAO_SHARDS": "1,2"}, "g2"),
    "signed": ((), {"NENGHAO_SHARDS": "0"}, "g3"),
}
Figures = dict[str, float]
Found = dict[str, dict[str, list[float]]]


def summary(found: Found) -> dict[str, object]:
    """Medians, and medians of the ratios to the limit of the same round."""
    one, fifty = found["one"], found["fifty"]
    idempotent = {name: rate(one, name) for name in peers.IDEMPOTENT if f"{name}.readings_s" in one}
    others = {name: rate(one, name) for name in peers.PEERS if f"{name}.readings_s" in one and name not in idempotent}
    ours = [key for key in COLLECTORS if f"{key}.rss_mb" in one]
    return {
        "one": {
            "readings_s": rate(one, "collector"),
            "committer_apart_s": rate(one, "apart"),
            "paho_drain_s": rate(one, "paho"),
            "to_paho": ratio(one, "collector", "paho"),
            "apart_to_paho": ratio(one, "apart", "paho"),
            "peers": others,
            "peers_idempotent": idempotent,
        },
        "fifty": {
            "readings_s": rate(fifty, "collector"),
            "committer_apart_s": rate(fifty, "apart"),
            "staged_insert_s": rate(fifty, "staged_insert"),
            "copy_s": rate(fifty, "copy"),
            "to_staged_insert": ratio(fifty, "collector", "staged_insert"),
            "apart_to_staged_insert": ratio(fifty, "apart", "staged_insert"),
            "peers": {name: rate(fifty, name) for name in peers.PEERS_OF_FIFTY if f"{name}.readings_s" in fifty},
        },
        "two_workers": {
            "one_s": rate(one, "two_workers"),
            "fifty_s": rate(fifty, "two_workers"),
            "to_one_worker": ratio(one, "two_workers", "collector"),
        },
        "signed": {
            "one_s": rate(one, "signed"),
            "fifty_s": rate(fifty, "signed"),
            "to_unsigned": ratio(one, "signed", "collector"),
            "fifty_to_unsigned": ratio(fifty, "signed", "collector"),
        },
        "rss_mb": max((max(kind[f"{name}.rss_mb"]) for kind in (one, fifty) for name in ours), default=0.0),
    }


def rate(found: dict[str, list[float]], name: str) -> float:
    return round(statistics.median(found.get(f"{name}.readings_s", [0.0])), 1)


def ratio(found: dict[str, list[float]], name: str, limit: str) -> float:
    pairs = zip(found.get(f"{name}.readings_s", [0.0]), found.get(f"{limit}.readings_s", [1.0]), strict=True)
    return round(statistics.median(ours / theirs for ours, theirs in pairs), 3)


def print_table(found: Found) -> None:
    for kind, figures in found.items():
        print(f"\n| {kind} | readings/s | µs of CPU a message | peak RSS, MB |\n|---|---|---|---|")
        for name in dict.fromkeys(key.split(".")[0] for key in figures):
            cells = [figures.get(f"{name}.{key}") for key in ("readings_s", "us_cpu_message", "rss_mb")]
            print(
                f"| {name} | "
                + " | ".join("" if one is None else f"{statistics.median(one):,.0f}" for one in cells)
                + " |"
            )
    print(flush=True)
