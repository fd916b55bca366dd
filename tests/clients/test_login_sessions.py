"""What `locum login` keeps: renewed without a browser while it may be, and good only for what it was made for."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from logins import Waiting, settings_of, signed_in
from server import BINARY, run_locum
from world import allow


def test_a_session_renews_itself(oidc_home, server, party):
    assert signed_in(oidc_home, party).startswith("Signed in as ")
    before = oidc_home.caller(server)
    oidc_home.expire()
    after = oidc_home.caller(server)
    assert after.access_key_id != before.access_key_id and after.arn.endswith("/alice")
    assert oidc_home.caller(server).access_key_id == after.access_key_id
    oidc_home.expire()
    again = oidc_home.login("--no-browser")
    assert again.returncode == 0 and again.stdout.startswith("Signed in again, without a browser, as "), again.stderr


def test_several_programs_renew_once(oidc_home, party):
    """A refresh token is good once; whoever comes second finds the session made."""
    signed_in(oidc_home, party)
    oidc_home.expire()
    asked = len(party.issuer.forms)
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda _: oidc_home.process(), range(6)))
    assert [one.returncode for one in done] == [0] * 6, done
    assert len({one.stdout for one in done}) == 1
    assert [form["grant_type"] for _, form in party.issuer.forms[asked:]] == ["refresh_token"]


def test_a_refresh_token_that_is_used_up_is_forgotten(oidc_home, party):
    signed_in(oidc_home, party)
    oidc_home.expire()
    party.issuer.refresh.clear()
    done = oidc_home.process()
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "locum: the identity provider says invalid_grant: used up\n"
        "locum: there is no session that is still good; run `locum login --profile work`\n"
    )
    asked = len(party.issuer.forms)
    done = oidc_home.process()
    assert done.stderr == "locum: there is no session that is still good; run `locum login --profile work`\n"
    assert len(party.issuer.forms) == asked


def test_what_is_to_be_copied_can_be(oidc_home, server, party):
    """A name with a blank is one word, to a shell as to those who read `credential_process`."""
    text = oidc_home.config.read_text().replace("[profile work]", '[profile "two words"]')
    oidc_home.config.write_text(text)
    again = ("--profile", "two words", "--credential-process")
    done = oidc_home.login(*again)
    assert done.returncode == 1 and done.stderr.endswith("run `locum login --profile 'two words'`\n"), done.stderr
    waiting = Waiting(oidc_home, "--profile", "two words")
    back, answer = party.issuer.authorize(waiting.page)
    waiting.send("GET", f"{back}?{urlencode(answer)}")
    code, _, stderr = waiting.end()
    assert code == 0, stderr
    [line] = [line for line in stderr.splitlines() if "credential_process = " in line]
    oidc_home.config.write_text(f"{text}{line.partition('say: ')[2]}\n".replace("= locum ", f"= {BINARY} "))
    who = run_locum("sts", "get-caller-identity", "--profile", "two words", home=oidc_home.path)
    assert who.returncode == 0 and "/alice" in who.stdout, who.stderr


def test_a_renewal_about_somebody_else_is_refused(oidc_home, party):
    signed_in(oidc_home, party)
    oidc_home.expire()
    party.issuer.claimed = {"sub": "mallory"}
    done = oidc_home.process()
    assert done.returncode == 1 and "about somebody else than before" in done.stderr


def test_a_renewal_of_no_use_spoils_nothing(oidc_home, server, party):
    """The refresh token that came with it is the only one that is still good."""
    signed_in(oidc_home, party)
    oidc_home.expire()
    party.issuer.claimed = {"aud": "another"}
    done = oidc_home.process()
    assert done.returncode == 1 and "is for another client" in done.stderr
    party.issuer.claimed = {}
    assert oidc_home.caller(server).arn.endswith("/alice")


def test_a_session_is_for_the_role_of_its_profile(oidc_home, server, party):
    signed_in(oidc_home, party)
    other = party.make_role(allow("*"))
    oidc_home.write(**settings_of(server, party, locum_role_arn=other.arn, locum_oidc_client_id="another"))
    done = oidc_home.process()
    assert done.returncode == 1 and "run `locum login --profile work`" in done.stderr


def test_a_session_is_for_those_who_made_it(oidc_home, server, party):
    signed_in(oidc_home, party)
    for settings in (
        {"endpoint_url": "http://127.0.0.1:1"},
        {"locum_oidc_issuer": "http://127.0.0.1:1"},
        {"locum_oidc_client_id": "another"},
    ):
        oidc_home.write(**{**settings_of(server, party), **settings})
        done = oidc_home.process()
        assert (done.returncode, done.stdout) == (1, ""), settings
        assert done.stderr.endswith("locum: there is no session that is still good; run `locum login --profile work`\n")
    oidc_home.write(**settings_of(server, party))
    assert oidc_home.caller(server).arn.endswith("/alice@example.com")
