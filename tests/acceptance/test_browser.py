"""What a person sees: the phones page, the first public page, the plain desk."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.acceptance.browser import a_page
from tests.acceptance.conftest import Town

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PATIENCE = 20_000  # milliseconds
ITZEL = "+520010000003"


def phone(page: Page, name: str):
    """The card of one handset."""
    return page.locator("article").filter(
        has=page.get_by_role("heading", name=name, exact=True)
    )


def sign_in(page: Page, town: Town) -> None:
    page.goto(f"http://127.0.0.1:{town.system.port}/admin/")
    page.fill("[name=username]", "coordinacion")
    page.fill("[name=password]", town.system.secrets()["DEMO_PASSWORD"])
    page.click("[type=submit]")


def test_text_typed_on_a_phone_rings_another_and_is_acknowledged(town: Town) -> None:
    with a_page() as page:
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text))
        page.goto(f"http://127.0.0.1:{town.system.emulator_port}/")
        itzel, diego = phone(page, "Itzel Mendoza"), phone(page, "Diego Alcántara")
        before = diego.get_by_text(re.compile(r"^FARO 4\. Ref")).count()

        itzel.get_by_role("textbox").fill("Copal, por favor")
        itzel.get_by_role("button").click()
        woken = diego.get_by_text(re.compile(r"^FARO 4\. Ref"))
        expect(woken).to_have_count(before + 1, timeout=PATIENCE)
        code = woken.last.inner_text().split("Ref ")[1][:4]
        diego.get_by_role("textbox").fill(f"1 {code}")
        diego.get_by_role("button").click()
        expect(diego.get_by_text(f"Ref {code}: recibimos su respuesta")).to_be_visible(
            timeout=PATIENCE
        )

        sign_in(page, town)
        page.goto(f"http://127.0.0.1:{town.system.port}/admin/alerts/alert/?q=P-ITZEL")
        row = page.locator("#result_list tbody tr")
        expect(row).to_contain_text("contact:MF-GUARDIA-1")
        assert complaints == []  # also: no violation of the content policy


@pytest.mark.parametrize("width", [1280, 390], ids=["desktop", "phone"])
@pytest.mark.parametrize("path", ["/", "/?lang=en", "/nada"])
def test_public_page_is_accessible_and_fits(town: Town, path: str, width: int) -> None:
    with a_page(width=width, bypass_csp=True) as page:
        page.goto(f"http://127.0.0.1:{town.system.port}{path}")
        found = Axe().run(page).response["violations"]
        overflow = page.evaluate(
            "(e => e.scrollWidth - e.clientWidth)(document.documentElement)"
        )

    assert [(one["id"], len(one["nodes"])) for one in found] == []
    assert overflow == 0


def test_public_page_speaks_spanish_first_and_english_when_asked(town: Town) -> None:
    address = f"http://127.0.0.1:{town.system.port}/"
    with a_page() as page:
        page.goto(address)
        spanish = (page.locator("html").get_attribute("lang"), page.title())
        page.get_by_role("link", name="English").click()
        english = (page.locator("html").get_attribute("lang"), page.title())
        cookies = page.context.cookies()

    assert (spanish[0], english[0]) == ("es", "en")
    assert spanish[1] != english[1]
    assert cookies == []


def test_public_page_asks_nothing_of_other_sites(town: Town) -> None:
    asked: list[str] = []
    with a_page() as page:
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"http://127.0.0.1:{town.system.port}/")

    own = f"http://127.0.0.1:{town.system.port}/"
    assert asked
    assert [url for url in asked if not url.startswith(own)] == []
