"""Take the pictures of the documentation: `make pictures`.

Starts a system of its own, plays one story on the phones page and keeps what is seen.
"""

import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import expect

from config.local.places import ROOT
from tests.acceptance.browser import a_page
from tests.local.conftest import LocalSystem


def main() -> int:
    with tempfile.TemporaryDirectory() as directory:
        system = LocalSystem(Path(directory))
        try:
            system.start_ready()
            _take_phones(system, ROOT / "docs" / "phones.png")
        finally:
            system.end()
    return 0


def _take_phones(system: LocalSystem, picture: Path) -> None:
    with a_page(height=1230) as page:
        page.goto(f"http://127.0.0.1:{system.emulator_port}/")

        def write(name: str, text: str) -> None:
            card = page.locator("article").filter(
                has=page.get_by_role("heading", name=name)
            )
            card.get_by_role("textbox").fill(text)
            card.get_by_role("button").click()

        write("Elena Rivas", "Girasol, me siguen desde el mercado")
        woken = page.get_by_text(re.compile(r"^FARO 4\. Ref"))
        expect(woken).to_be_visible(timeout=20_000)
        write("Diego Alcántara", f"1 {woken.inner_text().split('Ref ')[1][:4]}")
        answered = page.get_by_text("recibimos su respuesta").first
        expect(answered).to_be_visible(timeout=20_000)
        page.wait_for_timeout(2_000)  # so that every receipt has come
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=str(picture))


if __name__ == "__main__":
    sys.exit(main())
