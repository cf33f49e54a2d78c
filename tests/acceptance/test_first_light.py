"""Text as a journalist, a phone rings, answer `1 CODE`: through every process."""

from collections.abc import Callable

import pytest

from tests.acceptance.conftest import Town
from tests.servers import wait_until

pytestmark = pytest.mark.slow

ELENA = "+520010000001"  # Xalapa; distrusts her municipal police
DIEGO, NADIA = "+520020000001", "+520020000002"  # federal mechanism, both on shift
POLICE = "+520020000007"
STRANGER = "+520099999999"


def test_text_wakes_every_officer_on_shift_until_the_addressee_answers(
    town: Town, code_in: Callable[[str], str]
) -> None:
    before = {officer: len(town.received(officer)) for officer in (DIEGO, NADIA)}

    def new(officer: str) -> list[str]:
        return town.received(officer)[before[officer] :]

    assert town.text(ELENA, "¡Girasol! me siguen")["status_code"] == 200
    wait_until(lambda: new(DIEGO) and new(NADIA), 20, "both woken")
    town.quiet()

    (alert,) = town.alerts_of("P-ELENA")
    code = code_in(new(DIEGO)[0])
    assert (len(new(DIEGO)), len(new(NADIA))) == (1, 1)
    assert (alert["kind"], alert["severity"], alert["status"]) == ("alarm", 4, "new")

    for other in (NADIA, POLICE, STRANGER):
        town.text(other, f"1 {code}")
    assert town.alerts_of("P-ELENA")[0]["status"] == "new"

    town.text(DIEGO, f"1 {code}")
    (alert,) = town.alerts_of("P-ELENA")
    assert (alert["status"], alert["acknowledged_by"]) == (
        "acknowledged",
        "contact:MF-GUARDIA-1",
    )
    assert alert["escalation"]["status"] == "paused_by_ack"

    town.quiet()
    assert town.received(POLICE) == []
    assert [text.split(code)[0] for text in new(DIEGO)] == [
        "FARO 4. Ref ",
        "FARO. Ref ",
    ]
    assert len(new(NADIA)) == 1


def test_twenty_deliveries_of_one_message_are_one_alert(town: Town) -> None:
    before = len(town.received(DIEGO))

    answer = town.text(town.people[0], "cenzontle", count=20)
    town.quiet()

    assert [one["status_code"] for one in answer["deliveries"]] == [200] * 20
    assert len(town.alerts_of("P-T0")) == 1
    assert len(town.received(DIEGO)) == before + 1


@pytest.mark.parametrize("signature", ["missing", "wrong"])
def test_unsigned_text_wakes_nobody(town: Town, signature: str) -> None:
    answer = town.text(town.people[1], "cenzontle", signature=signature)

    assert answer["status_code"] == 403
    assert town.alerts_of("P-T1") == []


def test_command_can_play_a_journalist(town: Town) -> None:
    done = town.system.manage(
        "simulate_sms", "--from", town.people[2], "cenzontle por favor"
    )

    assert (done.returncode, done.stdout[:14]) == (0, "Accepted as SM")
    assert len(town.alerts_of("P-T2")) == 1
