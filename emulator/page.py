"""Writes the phones page as HTML. Every text that is not ours goes through escape."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from .words import WORDS

PAGES = Path(__file__).parent / "pages"
Words = dict[str, str]
Phone = dict[str, Any]
Numbers = Sequence[tuple[str, str]]

TOLD_TO_SCRIPT = ("received_new", "error_empty", "error_send", "offline")


def render_page(
    *,
    lang: str,
    phones: Sequence[Phone],
    own_numbers: Numbers,
    revision: int,
    trouble: str,
) -> str:
    words = WORDS[lang]
    groups: dict[str, list[Phone]] = {}
    for phone in phones:
        groups.setdefault(phone["group"], []).append(phone)
    sections = [
        _section(index, name, members, words, lang, own_numbers, trouble)
        for index, (name, members) in enumerate(groups.items())
    ]
    blank = {
        "id": "phone-blank",
        "number": "",
        "number_text": "",
        "label": words["unknown"],
        "role": "",
        "hint": "",
        "group": words["others"],
        "can_send": True,
        "messages": [],
    }
    values = {name: escape(text) for name, text in words.items()}
    return Template((PAGES / "phones.html").read_text(encoding="utf-8")).substitute(
        values,
        lang=lang,
        revision=revision,
        groups=_groups(list(groups), words),
        sections="\n".join(sections) or f"<p>{values['no_phones']}</p>",
        blank_card=_card(blank, words, lang, own_numbers, ""),
        script_words=" ".join(
            f'data-{name.replace("_", "-")}="{values[name]}"' for name in TOLD_TO_SCRIPT
        ),
    )


def _groups(names: list[str], words: Words) -> str:
    if len(names) < 2:
        return ""
    links = "".join(
        f'<li><a href="#group-{i}">{escape(n)}</a></li>' for i, n in enumerate(names)
    )
    label = escape(words["groups_label"])
    return f'<nav class="groups" aria-label="{label}"><ul>{links}</ul></nav>'


def _section(
    index: int,
    name: str,
    phones: Sequence[Phone],
    words: Words,
    lang: str,
    own_numbers: Numbers,
    trouble: str,
) -> str:
    cards = "\n".join(_card(p, words, lang, own_numbers, trouble) for p in phones)
    return (
        f'<section class="group" id="group-{index}" data-group="{escape(name)}" '
        f'aria-labelledby="group-name-{index}">'
        f'<h2 id="group-name-{index}">{escape(name)}</h2>'
        f'<div class="cards">{cards}</div></section>'
    )


def _card(
    phone: Phone, words: Words, lang: str, own_numbers: Numbers, trouble: str
) -> str:
    card_id, label = escape(phone["id"]), escape(phone["label"])
    role = f'<p class="role">{escape(phone["role"])}</p>' if phone["role"] else ""
    hint = f'<p class="hint">{escape(phone["hint"])}</p>' if phone["hint"] else ""
    bubbles = "".join(_bubble(b, words) for b in phone["messages"])
    conversation = escape(words["conversation"].format(label=phone["label"]))
    form = _form(phone, words, lang, own_numbers, trouble) if phone["can_send"] else ""
    initials = escape("".join(w[0] for w in phone["label"].split()[:2]).upper())
    return f"""
<article class="phone" id="{card_id}" data-number="{escape(phone["number"])}"
 data-label="{label}" aria-labelledby="{card_id}-name">
<header><span class="avatar" aria-hidden="true">{initials}</span>
<div class="who"><h3 id="{card_id}-name">{label}</h3>{role}
<p class="number">{escape(phone["number_text"])}</p></div></header>
{hint}
<div class="screen" role="region" aria-label="{conversation}" tabindex="0">
<p class="nothing">{escape(words["empty"])}</p><ol class="bubbles">{bubbles}</ol></div>
{form}
</article>"""


def _bubble(bubble: dict[str, str], words: Words) -> str:
    sender = (
        f'<span class="peer">{escape(words["from"])} {escape(bubble["peer"])}</span>'
        if bubble["way"] == "in"
        else f'<span class="peer">{escape(words["to"])} {escape(bubble["peer"])}</span>'
    )
    return (
        f'<li class="bubble {bubble["way"]}" data-id="{bubble["id"]}">{sender}'
        f'<p class="text">{escape(bubble["text"])}</p>'
        f'<p class="meta"><time datetime="{bubble["at"]}">{bubble["time"]}</time> '
        f'<span class="status">{escape(bubble["status"])}</span></p></li>'
    )


def _form(
    phone: Phone, words: Words, lang: str, own_numbers: Numbers, trouble: str
) -> str:
    card_id, label = escape(phone["id"]), phone["label"]
    wrong = phone["id"] == f"phone-{trouble}"
    said = escape(words["error_empty"]) if wrong else ""
    compose = escape(words["compose"].format(label=label))
    return f"""
<form method="post" action="/phones/send" class="compose">
<input type="hidden" name="from" value="{escape(phone["number"])}">
<input type="hidden" name="lang" value="{lang}">
{_recipient(card_id, words, own_numbers)}
<div class="line"><label class="visually-hidden" for="{card_id}-text">{compose}</label>
<input type="text" id="{card_id}-text" name="body" maxlength="1600" required
 autocomplete="off" placeholder="{escape(words["placeholder"])}"
 aria-describedby="{card_id}-error">
<button type="submit" aria-label="{escape(words["send_as"].format(label=label))}"
>{escape(words["send"])}</button></div>
<p class="error" id="{card_id}-error" role="alert">{said}</p>
</form>"""


def _recipient(card_id: str, words: Words, own_numbers: Numbers) -> str:
    if len(own_numbers) == 1:
        return f'<input type="hidden" name="to" value="{escape(own_numbers[0][0])}">'
    choices = "".join(
        f'<option value="{escape(number)}">{escape(text)}</option>'
        for number, text in own_numbers
    )
    return (
        f'<p class="recipient"><label for="{card_id}-to">{escape(words["to"])}</label> '
        f'<select id="{card_id}-to" name="to">{choices}</select></p>'
    )
