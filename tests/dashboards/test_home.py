"""The first page: for everyone, in their language, without a trace."""

import pytest
from django.test import Client

from config.local.translations import compile_all

SPANISH = "Un mensaje de texto, y alguien tiene que responder."
ENGLISH = "One text message, and somebody must answer."


@pytest.fixture(autouse=True, scope="module")
def translations() -> None:
    """`make test` compiles them before; a single test may run without."""
    compile_all()


def heading(answer) -> str:
    return answer.text.split("<h1>")[1].split("</h1>")[0]


@pytest.mark.parametrize(
    ("query", "accepts", "expected"),
    [
        ("", "", SPANISH),
        ("", "es-MX,es;q=0.9", SPANISH),
        ("", "fr-FR,fr;q=0.9", SPANISH),
        ("", "en", ENGLISH),
        ("", "en-US,en;q=0.9,es;q=0.5", ENGLISH),
        ("?lang=en", "", ENGLISH),
        ("?lang=en", "es", ENGLISH),
        ("?lang=es", "en", SPANISH),
        ("?lang=xx", "en", ENGLISH),
        ("?lang=<script>", "", SPANISH),
    ],
)
def test_page_is_in_the_language_asked_for(
    client: Client, query: str, accepts: str, expected: str
):
    answer = client.get(f"/{query}", headers={"accept-language": accepts})

    language = "es" if expected is SPANISH else "en"
    assert (answer.status_code, heading(answer)) == (200, expected)
    assert answer["Content-Language"] == language
    assert answer.text.split('<html lang="')[1][:2] == language


def test_page_leaves_no_english_in_spanish(client: Client):
    shown = client.get("/").text.split("<body>")[1]

    assert [word for word in (" the ", " and ", " you ") if word in shown] == []


def test_page_sets_no_cookie(client: Client):
    assert client.get("/").cookies == {}


def test_page_asks_the_database_nothing(client: Client):
    """No database mark on this test: a query would fail it."""
    assert client.get("/").status_code == 200


def test_page_may_be_kept_by_caches_for_each_language(client: Client):
    answer = client.get("/")

    assert answer["Cache-Control"] == "public, max-age=300"
    assert "Accept-Language" in answer["Vary"]


@pytest.mark.parametrize("path", ["/", "/nothing", "/admin/login/", "/healthz"])
def test_every_page_has_a_strict_policy(client: Client, db: None, path: str):
    policy = client.get(path)["Content-Security-Policy"]

    assert ("default-src 'none'" in policy, "unsafe" in policy) == (True, False)


def test_wrong_address_is_told_in_spanish(client: Client):
    answer = client.get("/nothing")

    assert (answer.status_code, heading(answer)) == (404, "Aquí no hay nada.")


def test_desk_speaks_spanish(client: Client, db: None):
    assert "Contraseña" in client.get("/admin/login/").text
