"""`locum login` at an OpenID Connect provider: from a browser or a device to credentials that `aws` and the SDKs use."""

import json
import re
import stat
from urllib.parse import urlencode

from browser import ended_at
from commands import run
from logins import Home, Waiting, settings_of, signed_in
from oidc_issuers import Registered
from server import BINARY, run_locum


def test_a_person_signs_in(tmp_path, server, root, oidc_issuer, account):
    """At npm's oidc-provider, its pages filled in; `aws` and the SDKs use what comes of it."""
    registered = Registered(root, oidc_issuer, oidc_issuer.native_client_id)
    process = f"{BINARY} login --profile work --credential-process"
    home = Home(
        tmp_path, **settings_of(server, registered, oidc_issuer.native_client_id, credential_process=process)
    )
    done = home.login(LOCUM_TEST_USER="carol")
    assert done.returncode == 0, done.stderr
    arn = f"arn:aws:sts::{account}:assumed-role/{registered.role.name}/carol"
    assert re.fullmatch(rf"Signed in as {arn}\S* until \S+Z \((59 min|1 h)\)\.\n", done.stdout), done.stdout
    page = ended_at(home.page)
    assert page["status"] == 200 and "You may close this window" in page["text"]
    assert page["headers"]["Cache-Control"] == "no-store" and "script" not in page["text"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[0-9a-f]{40}", page["opened"]), "everybody can read it"
    assert stat.S_IMODE(home.kept().stat().st_mode) == 0o600
    assert home.caller(server).arn.startswith(arn)
    for program in ("v2", "locum"):
        done = run(program, "--profile", "work", "sts", "get-caller-identity", "--query", "Arn", home=tmp_path, url=server.url)
        assert done.returncode == 0 and json.loads(done.stdout).startswith(arn), done.stderr
    home.page.unlink()
    again = home.login()
    assert again.returncode == 0 and again.stdout.startswith(f"Already signed in as {arn}")
    assert not home.page.exists()


def test_from_a_device(oidc_home, party):
    party.issuer.pending = ["authorization_pending"]
    done = oidc_home.login("--oidc-flow", "device")
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith(f"locum: open {party.issuer.url}/device and enter the code WDJB-MJHT\n")
    assert done.stdout.startswith("Signed in as ")
    party.issuer.pending = ["access_denied"]
    done = oidc_home.login("--oidc-flow", "device", "--force")
    assert done.returncode == 1 and done.stderr.endswith("locum: the identity provider says access_denied\n")


def test_force_asks_again(oidc_home, party):
    signed_in(oidc_home, party)
    waiting = Waiting(oidc_home, "--force")
    back, answer = party.issuer.authorize(waiting.page)
    waiting.send("GET", f"{back}?{urlencode(answer)}")
    code, stdout, _ = waiting.end()
    assert code == 0 and stdout.startswith("Signed in as ")


def test_out_again(oidc_home, party):
    signed_in(oidc_home, party)
    out = run_locum("logout", "--profile", "work", home=oidc_home.path)
    assert (out.returncode, out.stdout) == (0, "Signed out of the profile work.\n")
    assert not list((oidc_home.path / ".local/state/locum").rglob("*.secret"))
    assert oidc_home.process().returncode == 1
    again = run_locum("logout", "--profile", "work", home=oidc_home.path)
    assert (again.returncode, again.stdout) == (0, "There was no session of the profile work.\n")
    signed_in(oidc_home, party)
    out = run_locum("logout", "--all", home=oidc_home.path)
    assert out.stdout == "Signed out of the profile work.\n"
    assert run_locum("logout", "--all", home=oidc_home.path).stdout == ""
    # What cannot be forgotten is said to be that, and everything else is forgotten.
    signed_in(oidc_home, party)
    kept = oidc_home.path / ".local/state/locum/login/a.secret"
    kept.mkdir()
    for words, told in ((("--profile", "a"), ""), (("--all",), out.stdout)):
        failed = run_locum("logout", *words, home=oidc_home.path)
        assert (failed.returncode, failed.stdout) == (1, told)
        assert failed.stderr.startswith(f"locum: The vault's file {kept} cannot be removed: "), failed.stderr
    assert not [path for path in kept.parent.parent.rglob("*.secret") if path.is_file()]
    failed = run_locum("logout", home=oidc_home.path, LOCUM_VAULT="paper")
    assert failed.stderr == "locum: LOCUM_VAULT is paper; it can be keyring, file or none\n" and failed.returncode == 1


def test_nobody_comes(oidc_home):
    done = oidc_home.login("--no-browser", "--wait", "1")
    assert done.returncode == 1 and "nobody came back from the browser within 1 seconds" in done.stderr
    done = oidc_home.login("--wait", "1", BROWSER="false")
    assert done.returncode == 1 and "if none comes, open this page on this machine: http" in done.stderr


def test_nobody_signs_in_for_nothing(oidc_home):
    """What cannot be kept is told before anything opens."""
    done = oidc_home.login("--no-browser", LOCUM_VAULT="none")
    assert (done.returncode, done.stderr) == (1, "locum: the session cannot be kept: LOCUM_VAULT=none keeps nothing\n")
    state = oidc_home.path / ".local/state/locum"
    state.mkdir(parents=True)
    (state / "login").write_text("in the way")
    done = oidc_home.login("--no-browser", "--wait", "1")
    assert done.returncode == 1 and done.stderr.startswith("locum: the session cannot be kept: ")


def test_mistakes_end_with_2(oidc_home):
    for words in (["--wait", "0"], ["--frobnicate"], ["surplus"]):
        done = oidc_home.login(*words)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    for words in (["login", "--help"], ["logout", "help"]):
        done = run_locum(*words, home=oidc_home.path)
        assert done.returncode == 0 and done.stdout.startswith(f"locum {words[0]}: ")
