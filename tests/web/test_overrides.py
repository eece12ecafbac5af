"""Bidirectional overrides are shown in what is read, and stay in what is edited."""

from __future__ import annotations

import pytest

from annotation.web import overrides


@pytest.mark.parametrize(
    ("page", "seen"),
    [
        ("<p>open \u202egnp.exe\u202c</p>", "<p>open ⟨RLO⟩gnp.exe\u202c</p>"),
        ("\u202d1\n<b>\u202e2</b>", "⟨LRO⟩1\n<b>⟨RLO⟩2</b>"),
        ("<textarea\nrows=2>\u202ea\n</textarea>\u202e", "<textarea\nrows=2>\u202ea\n</textarea>⟨RLO⟩"),
        (
            '<input value="\u202ea"><i>“quoted” – \u2068אב\u2069</i>',
            '<input value="\u202ea"><i>“quoted” – \u2068אב\u2069</i>',
        ),
    ],
)
def test_overrides_are_shown_in_text_alone(page: str, seen: str) -> None:
    assert overrides.shown(page.encode()).decode() == seen
