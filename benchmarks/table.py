"""`python -m benchmarks.table`: writes README's table from `benchmarks/figures.json`, in both languages, and that of
crowds in `docs/operations.md` from `benchmarks/crowds.json`.

The figures come from `python -m benchmarks.limits --write benchmarks/figures.json` and from the same with
`--connections 8 32 128 --write benchmarks/crowds.json`; nothing of the tables is typed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
FIGURES = ROOT / "benchmarks" / "figures.json"
CROWDS = ROOT / "benchmarks" / "crowds.json"
OPERATIONS = ROOT / "docs" / "operations.md"
BEGIN, END = "<!-- figures: python -m benchmarks.table -->", "<!-- /figures -->"

WORDS: Mapping[str, Mapping[str, str]] = {
    "README.md": {
        "head": (
            "| 1,000 pupils, a year | Zhurnal | its web processes |"
            " bare Flask + psycopg, same SQL | pgbench, same SQL |"
        ),
        "page": "journal page 25 × 12, data",
        "html": "the same as an HTML page",
        "save": "saving 25 marks, with history and events",
        "roll": "saving attendance of 25",
        "diary": "a parent's diary week",
        "rate": "{rate}/s, p95 {p95} ms",
        "cost": "{processor} ms",
        "bare": "{rate}/s, p95 {p95} ms (ours is {ratio} of it)",
        "pgbench": "{rate}/s",
        "mail": "A typed mark is mail after {p50} s (p95 {p95} s, at 20 marks a second).",
        "memory": "The whole suite takes {memory} MB at rest ({first} after the start that makes the school).",
        "machine": (
            "Eight connections, medians of five rounds in turn, {day}, {processors} processors shared with the load"
            " (they ran {share} of the time; load {load} before). The yardstick looks the token up and runs the same"
            " SQL; it checks nothing and builds nothing. For saves it only inserts and commits the same rows."
        ),
        "comma": "",
    },
    "README.ru.md": {
        "head": (
            "| 1000 учеников, год | «Журнал» | веб-процессы |"
            " голый Flask + psycopg, тот же SQL | pgbench, тот же SQL |"
        ),
        "page": "страница журнала 25 × 12, данные",
        "html": "она же страницей HTML",
        "save": "запись 25 отметок, с историей и событиями",
        "roll": "запись посещаемости 25 учеников",
        "diary": "неделя дневника для родителя",
        "rate": "{rate}/с, p95 {p95} мс",
        "cost": "{processor} мс",
        "bare": "{rate}/с, p95 {p95} мс (у нас {ratio} от этого)",
        "pgbench": "{rate}/с",
        "mail": "От отметки до письма {p50} с (p95 {p95} с, при 20 отметках в секунду).",
        "memory": "Все процессы вместе занимают в покое {memory} МБ памяти (после создания школы {first}).",
        "machine": (
            "Восемь соединений, медианы пяти проходов по очереди, {day}, {processors} процессора вместе с нагрузкой"
            " (работали {share} времени; загрузка до начала {load}). Мерка проверяет токен и выполняет тот же SQL,"
            " ничего не проверяя и не собирая; при записи она лишь вставляет те же строки и фиксирует их."
        ),
        "comma": ",",
    },
}


def table(figures: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """The table and what stands under it, as Markdown."""

    def shown(value: float, digits: int = 0) -> str:
        text = f"{value:.{digits}f}"
        return text.replace(".", words["comma"]) if words["comma"] else text

    lines = [words["head"], "|---|---|---|---|---|"]
    for kind, one in figures["requests"].items():
        ours = words["rate"].format(rate=shown(one["rate"]), p95=shown(one["p95"]))
        cost = words["cost"].format(processor=shown(one["processor"], 1))
        bare = pgbench = "–"
        if one["yardstick_rate"]:
            ratio = shown(one["rate"] / one["yardstick_rate"], 2)
            bare = words["bare"].format(
                rate=shown(one["yardstick_rate"]), p95=shown(one["yardstick_p95"]), ratio=ratio
            )
            pgbench = words["pgbench"].format(rate=shown(one["pgbench_rate"]))
        lines.append(f"| {words[kind]} | {ours} | {cost} | {bare} | {pgbench} |")
    mail = words["mail"].format(p50=shown(figures["mail_p50"], 2), p95=shown(figures["mail_p95"], 2))
    memory = words["memory"].format(memory=shown(figures["memory"]), first=shown(figures["memory_first"]))
    machine = words["machine"].format(
        day=figures["day"],
        processors=figures["processors"],
        share=f"{figures['machine_share']:.0%}",
        load=shown(figures["load"], 1),
    )
    return "\n".join([*lines, "", f"{mail} {memory}", "", machine])


def crowd_table(figures: Mapping[str, Any]) -> str:
    """Pages and saves by crowds of connections, as Markdown."""
    lines = [
        "| what | connections | Zhurnal | its web processes | bare Flask + psycopg, same SQL | pgbench, same SQL |",
        "|---|---|---|---|---|---|",
    ]
    for by_connections in figures["crowds"].values():
        for connections, one in by_connections.items():
            ratio = one["rate"] / one["yardstick_rate"]
            lines.append(
                f"| {one['title']} | {connections}"
                f" | {one['rate']:.0f}/s, p50 {one['p50']:.0f} ms, p95 {one['p95']:.0f} ms"
                f" | {one['processor']:.1f} ms"
                f" | {one['yardstick_rate']:.0f}/s, p95 {one['yardstick_p95']:.0f} ms (ours is {ratio:.2f} of it)"
                f" | {one['pgbench_rate']:.0f}/s |"
            )
    return "\n".join(lines)


def with_table(readme: str, made: str) -> str:
    """The document with the table in its place. Raises ValueError when it has none."""
    begin, end = readme.index(BEGIN) + len(BEGIN), readme.index(END)
    return f"{readme[:begin]}\n{made}\n{readme[end:]}"


def main() -> int:
    figures = json.loads(FIGURES.read_text())
    for name, words in WORDS.items():
        path = ROOT / name
        path.write_text(with_table(path.read_text(), table(figures, words)))
    crowds = json.loads(CROWDS.read_text())
    OPERATIONS.write_text(with_table(OPERATIONS.read_text(), crowd_table(crowds)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
