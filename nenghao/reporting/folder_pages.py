"""Pages of a case folder that a browser reads without network: the case, and the blank site form (现场核查记录).

Before: the case as whoever takes it may see it. After: `nenghao.reporting.case_folder` puts the pages into the zip.
Whatever people typed is escaped; the pages load nothing and run nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from html import escape
from typing import Any, Final

from nenghao.domain.periods import SHANGHAI
from nenghao.domain.procedure_content import SITE_FIELDS
from nenghao.labels import Language, label

#: Nothing is loaded and nothing runs, whatever a text says.
_HEAD: Final = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    "<title>{title}</title><style>body{{font:15px/1.6 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}"
    "table{{border-collapse:collapse;width:100%}}th,td{{border:1px solid #999;padding:.3rem .5rem;text-align:left;"
    "vertical-align:top}}td.blank{{height:2.4rem;width:65%}}code{{font-size:12px;overflow-wrap:anywhere}}</style></head><body>"
)
SIGN_ROWS: Final = 2

Row = Mapping[str, Any]


def case_page(
    head: Row, steps: Sequence[Row], document: Row, files: Sequence[tuple[str, str]], language: Language
) -> bytes:
    """The page of a case. `document`: its evidence; `files`: path and SHA-256 of everything else in the folder."""
    word = partial(_word, language)
    title = word("title", case_id=head["case_id"])
    parts = [_HEAD.format(language=_tag(language), title=escape(title)), f"<h1>{escape(title)}</h1>"]
    unit = f"{head['unit_name'] or ''} {head['unit_code'] or ''}"
    level = label(f"case.level.{head['level']}", language)
    parts.append(f"<p>{escape(unit)} · {escape(level)} · {escape(_at(head['opened_at']))}</p>")
    parts.append(f"<h2>{escape(word('matter'))}</h2>")
    parts.append(_table([word("rule"), word("point"), word("span")], _matter(document, language)))
    parts.append(f"<h2>{escape(word('checklist'))}</h2>")
    checklist = [
        (one["question"][language], label(f"evidence.result.{one['result']}", language), one["ask_for"][language])
        for one in document["checklist"]
    ]
    parts.append(_table([word("question"), word("result"), word("ask_for")], checklist))
    parts.append(f"<h2>{escape(word('steps'))}</h2>")
    taken = [
        (
            _at(row["acted_at"]),
            label(f"procedure.act.{row['act']}", language),
            row["acted_by"],
            row["told"],
            row["hash"],
        )
        for row in steps
    ]
    parts.append(_table([word("at"), word("step"), word("who"), word("said"), word("hash")], taken))
    parts.append(f"<h2>{escape(word('files'))}</h2>")
    parts.append(_links(word("file"), word("hash"), files))
    parts.append(f"<h2>{escape(word('back_title'))}</h2><p>{escape(word('back'))}</p></body></html>")
    return "".join(parts).encode()


def site_form(head: Row, language: Language) -> bytes:
    """The blank form of a visit: what is taken down, by whom, and the unit's signature or its refusal."""
    word = partial(_word, language)
    title = word("site_title", case_id=head["case_id"])
    unit = f"{head['unit_name'] or ''} {head['unit_code'] or ''}"
    parts = [_HEAD.format(language=_tag(language), title=escape(title)), f"<h1>{escape(title)}</h1>"]
    parts.append(f"<p>{escape(unit)}</p><table><tbody>")
    rows = [word("visited_at"), word("place"), *(label(f"procedure.site.{name}", language) for name in SITE_FIELDS)]
    rows += [word("officer", number=number) for number in range(1, SIGN_ROWS + 1)]
    rows += [word("unit_person"), word("unit_signature"), word("remark")]
    parts += [f'<tr><th scope="row">{escape(row)}</th><td class="blank"></td></tr>' for row in rows]
    parts.append(f"</tbody></table><p>{escape(word('site_note'))}</p></body></html>")
    return "".join(parts).encode()


def _matter(document: Row, language: Language) -> list[tuple[str, str, str]]:
    titles = {rule["rule_code"]: rule["title"][language] for rule in document["rules"]}
    points = {one["point"]["point_id"]: one["point"] for one in document["subjects"]}
    listed = []
    for row in document["findings"]:
        point = points.get(row["point_id"])
        named = "" if point is None else f"{point['point_code']} {point['point_name']}"
        span = " — ".join(at[:16].replace("T", " ") for at in row["span"])
        listed.append((titles[row["rule_code"]], named, span))
    return listed


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _links(file: str, hash_: str, files: Sequence[tuple[str, str]]) -> str:
    """Names are ours or were cleaned; they are escaped all the same, and lead nowhere but into the folder."""
    rows = "".join(
        f'<tr><td><a href="./{escape(path, quote=True)}" download>{escape(path)}</a></td>'
        f"<td><code>{escape(sha)}</code></td></tr>"
        for path, sha in files
    )
    return (
        f'<table><thead><tr><th scope="col">{escape(file)}</th><th scope="col">{escape(hash_)}</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _word(language: Language, key: str, **values: object) -> str:
    return label(f"procedure.folder.{key}", language, **values)


def _tag(language: Language) -> str:
    return "zh-CN" if language == "zh" else "en"


def _at(instant: datetime) -> str:
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
