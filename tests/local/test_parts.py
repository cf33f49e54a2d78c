"""The small parts of the local system, without starting it."""

import socket
import stat
from pathlib import Path

import pytest

from config.environment import Environment
from config.local import lock, translations
from config.local.environment import Plan, emulator_environment
from config.local.keys import kept_keys, new_keys
from config.local.places import Places, Refused, others_can_enter, private_directory
from config.local.ready import must_be_free
from tests.servers import NotThisMachine, wait_until

SERVERS = {"DATABASE_URL": "postgres://u@/d", "REDIS_URL": "unix:///s?db=0"}


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places(tmp_path / "var")
    private_directory(made.var)
    return made


def environment(places: Places, **given: str) -> dict[str, str]:
    return Plan.from_environment(given).environment(places, new_keys(), SERVERS)


class TestKeys:
    def test_are_made_once_and_kept_private(self, places: Places) -> None:
        first = kept_keys(places)

        assert kept_keys(places) == first
        file = places.var / "secrets.json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    def test_are_as_the_settings_want_them(self) -> None:
        read = Environment(new_keys())
        read.keys("FIELD_ENCRYPTION_KEYS", purpose="")
        read.keys("BLIND_INDEX_KEY", purpose="")

        read.finish()

    def test_an_account_is_recognisably_invented(self) -> None:
        sid = new_keys()["TWILIO_ACCOUNT_SID"]

        assert sid.startswith("AC00000000") and len(sid) == 34


class TestPlan:
    def test_with_nothing_given_every_part_is_ours(self, places: Places) -> None:
        plan = Plan.from_environment({})

        assert (plan.own_database, plan.own_broker) == (True, True)
        assert (plan.own_emulator, plan.demo, plan.real_provider) == (True, True, False)
        assert environment(places)["TWILIO_API_BASE_URL"] == "http://127.0.0.1:4010"

    def test_a_real_provider_means_no_emulator_no_demo_and_no_invented_account(
        self, places: Places
    ) -> None:
        given = {"TWILIO_AUTH_TOKEN": "t"}
        plan = Plan.from_environment(given)

        assert (plan.own_emulator, plan.demo, plan.real_provider) == (
            False,
            False,
            True,
        )
        told = environment(places, **given)
        assert {name for name in told if name.startswith("TWILIO_")} == set(given)

    def test_the_secrets_of_a_provider_may_stand_in_files(self) -> None:
        assert Plan.from_environment({"TWILIO_AUTH_TOKEN_FILE": "/f"}).real_provider

    def test_somebody_elses_emulator_is_used(self, places: Places) -> None:
        base = "http://127.0.0.1:9999"
        plan = Plan.from_environment({"TWILIO_API_BASE_URL": base})

        assert (plan.own_emulator, plan.demo) == (False, True)
        told = environment(places, TWILIO_API_BASE_URL=base)
        assert told["TWILIO_API_BASE_URL"] == base
        assert told["TWILIO_INTAKE_NUMBERS"] == "+520000000000"

    def test_an_emulator_on_another_machine_gets_no_demo_data(self) -> None:
        given = {"TWILIO_API_BASE_URL": "http://emulator.example.org"}

        assert not Plan.from_environment(given).demo

    def test_our_emulator_may_be_given_an_account(self, places: Places) -> None:
        given = {
            "TWILIO_API_BASE_URL": "http://127.0.0.1:4010",
            "TWILIO_AUTH_TOKEN": "t",
        }
        plan = Plan.from_environment(given)

        assert plan.own_emulator
        told = emulator_environment(places, plan, environment(places, **given))
        assert told["EMULATOR_AUTH_TOKEN"] == "t"

    @pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_URL_FILE"])
    def test_a_given_database_wins(self, places: Places, name: str) -> None:
        told = environment(places, **{name: "postgres://else@where/x"})

        assert not Plan.from_environment({name: "x"}).own_database
        assert told.get("DATABASE_URL") != SERVERS["DATABASE_URL"]

    @pytest.mark.parametrize("text", ["", "8001"])
    def test_an_empty_variable_counts_as_not_given(self, text: str) -> None:
        assert Plan.from_environment({"PORT": text}).port == int(text or 8000)

    @pytest.mark.parametrize("text", ["web", "0", "65536", "-1"])
    def test_a_port_that_is_none_is_refused(self, text: str) -> None:
        with pytest.raises(Refused, match="PORT must be a port number"):
            Plan.from_environment({"PORT": text})


class TestPlaces:
    def test_two_directories_never_share_sockets(self, tmp_path: Path) -> None:
        one, other = Places(tmp_path / "one"), Places(tmp_path / "other")

        assert one.sockets != other.sockets

    def test_a_socket_path_fits_however_long_the_clones_is(self) -> None:
        deep = Places(Path("/x" * 300) / "var")

        assert len(str(deep.sockets / "pg" / ".s.PGSQL.5432.lock")) < 107

    def test_a_directory_that_is_a_link_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to(tmp_path)

        with pytest.raises(Refused, match="belongs to somebody else"):
            private_directory(tmp_path / "link")

    def test_one_closed_directory_on_the_way_keeps_others_out(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "closed" / "open").mkdir(parents=True)
        (tmp_path / "closed").chmod(0o700)

        assert others_can_enter(Path("/tmp"))
        assert not others_can_enter(tmp_path / "closed" / "open")


class TestLock:
    def test_only_one_holds_it_and_the_other_learns_why(self, places: Places) -> None:
        with lock.held(places, lock.STARTING) as held:
            with (
                pytest.raises(lock.Held, match=lock.STARTING),
                lock.held(places, lock.COMMAND),
            ):
                pass
            held.say(lock.RUNNING)
            assert lock.holder(places) == lock.RUNNING

        assert lock.holder(places) is None


class TestTranslations:
    PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'

    def test_are_compiled_when_they_changed(self, tmp_path: Path) -> None:
        catalogue = tmp_path / "locale" / "es" / "LC_MESSAGES" / "django.po"
        catalogue.parent.mkdir(parents=True)
        catalogue.write_text(self.PO + '\nmsgid "Help"\nmsgstr "Auxilio"\n')

        assert translations.compile_all(tmp_path) == 1
        assert translations.compile_all(tmp_path) == 0
        assert b"Auxilio" in catalogue.with_suffix(".mo").read_bytes()


class TestPorts:
    def test_a_taken_one_is_named(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            number = taken.getsockname()[1]

            with pytest.raises(Refused, match=f"Port {number} is taken.*PORT=NUMBER"):
                must_be_free("PORT", number)


class TestTheWallAroundTests:
    @pytest.mark.parametrize("host", ["198.51.100.7", "api.twilio.com", "2001:db8::1"])
    def test_nothing_leaves_this_machine(self, host: str) -> None:
        with pytest.raises(NotThisMachine, match=r"tests/servers\.py"):
            socket.create_connection((host, 443), timeout=1)

    def test_this_machine_can_be_reached(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname(), timeout=1).close()

    def test_waiting_for_nothing_says_what_was_waited_for(self) -> None:
        with pytest.raises(AssertionError, match="still not a miracle: False"):
            wait_until(lambda: False, 0.2, "a miracle")
