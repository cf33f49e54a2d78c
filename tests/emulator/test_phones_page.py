"""The phones page: without JavaScript, and in a real browser."""

from __future__ import annotations

import shutil
from html.parser import HTMLParser
from typing import Any

import pytest

from .support import ELENA, OWN, OWN_2, Emulator, Receiver, until

CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append((tag, dict(attrs)))


def page(emulator: Emulator, path: str = "/") -> str:
    answer = emulator.http.get(emulator.url + path, timeout=5)
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == CSP
    return answer.text


def test_page_shows_the_cast_in_spanish_and_english(emulator: Emulator) -> None:
    html = page(emulator)
    assert "Emulador: no sale ningún SMS de esta máquina" in html
    for text in ("Elena Rivas", "Periodista", "+52 00 1234 5678", "girasol"):
        assert text in html
    assert "Emulator: no SMS leaves this machine" in page(emulator, "/?lang=en")


def test_page_has_nothing_inline_and_nothing_from_outside(emulator: Emulator) -> None:
    for tag, attributes in Tags(page(emulator)).found:
        assert tag != "style" and "style" not in attributes
        assert tag != "script" or attributes.get("src")
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "href", "action"):
            value = attributes.get(name)
            assert value is None or value.startswith(("/", "#"))


def test_page_labels_every_field(emulator: Emulator) -> None:
    found = Tags(page(emulator)).found
    labelled = {a.get("for") for tag, a in found if tag == "label"}
    fields = [
        a
        for tag, a in found
        if tag in {"input", "select"} and a.get("type") != "hidden"
    ]
    assert fields
    assert all(field["id"] in labelled for field in fields)


def test_page_sends_without_javascript(emulator: Emulator, receiver: Receiver) -> None:
    form = {"from": ELENA, "to": OWN_2, "body": "girasol <b>", "lang": "en"}
    answer = emulator.http.post(
        f"{emulator.url}/phones/send", data=form, allow_redirects=False, timeout=5
    )
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/?lang=en#phone-520012345678"
    until(lambda: receiver.requests)
    assert receiver.requests[0].form["Body"] == "girasol <b>"
    emulator.idle()
    html = page(emulator, "/?lang=en")
    assert "girasol &lt;b&gt;" in html and "<b>" not in html
    assert "Received by the system" in html


def test_page_asks_for_a_text_when_there_is_none(
    emulator: Emulator, receiver: Receiver
) -> None:
    form = {"from": ELENA, "to": OWN, "body": "  "}
    answer = emulator.http.post(f"{emulator.url}/phones/send", data=form, timeout=5)
    assert "Escriba un texto antes de enviarlo." in answer.text
    assert receiver.requests == []


def test_page_refuses_a_foreign_recipient(emulator: Emulator) -> None:
    form = {"from": ELENA, "to": "+520099999999", "body": "x"}
    answer = emulator.http.post(f"{emulator.url}/phones/send", data=form, timeout=5)
    assert answer.status_code == 400
    assert emulator.get("messages") == {"messages": []}


def test_page_gives_an_unknown_number_a_card(emulator: Emulator, send: Any) -> None:
    send(to="+520055556666", body="1 K7Q2")
    emulator.idle()
    html = page(emulator)
    assert "Otros números" in html and "+52 00 5555 6666" in html


def test_poll_answers_nothing_when_nothing_changed(
    emulator: Emulator, send: Any
) -> None:
    first = emulator.get("phones")
    assert emulator.get("phones", revision=first["revision"])["phones"] is None
    send()
    emulator.idle()
    changed = emulator.get("phones", revision=first["revision"])["phones"]
    assert [m["text"] for m in changed[0]["messages"]] == ["Prueba"]


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")
def test_browser_types_reads_and_keeps_what_is_being_typed(
    emulator: Emulator, receiver: Receiver, send: Any
) -> None:
    from playwright.sync_api import sync_playwright  # only where there is a browser

    flags = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync"
    more = "--disable-background-networking --disable-component-update"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=f"{flags} {more}".split()
        )
        tab = browser.new_page()
        problems: list[str] = []
        tab.on("pageerror", lambda error: problems.append(str(error)))
        tab.on(
            "console",
            lambda m: problems.append(m.text) if m.type == "error" else None,
        )
        tab.goto(emulator.url)
        card = tab.locator("#phone-520012345678")
        field = card.get_by_label("Mensaje de Elena Rivas")
        field.fill("girasol")
        field.press("Enter")
        card.locator(".bubble.out", has_text="girasol").wait_for()
        assert until(lambda: receiver.requests)[0].form["Body"] == "girasol"
        assert field.input_value() == ""

        field.press_sequentially("a medio escr")
        send(body="GIRASOL 3. Ref K7Q2.")
        send(to="+520055556666", body="otra")
        card.locator(".bubble.in", has_text="K7Q2").wait_for()
        tab.locator("#phone-520055556666 .bubble.in").wait_for()
        assert field.input_value() == "a medio escr"
        assert field.evaluate("node => node === document.activeElement")
        assert "K7Q2" in (tab.locator("[aria-live]").first.text_content() or "")
        assert problems == []
        browser.close()
