"""Debian's Chromium, quiet, by the Playwright library."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def a_page(
    *,
    width: int = 1280,
    height: int = 900,
    locale: str = "es-MX",
    bypass_csp: bool = False,
) -> Iterator[Page]:
    """One page of its own. Bypassing the policy is for injected checkers only."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=QUIET
        )
        context = browser.new_context(
            locale=locale,
            viewport={"width": width, "height": height},
            bypass_csp=bypass_csp,
        )
        yield context.new_page()
        browser.close()
