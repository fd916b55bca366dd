"""`locum doctor`: which source wins, what is wrong, and how to mend it; and no secret in it."""

import json
import os
import shutil
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from server import BINARY, REGION, run_locum

SECRET = "hush-hush-hush"
KEYS = f"aws_access_key_id = AKIAQNZGKIQY56JQ7WML\naws_secret_access_key = {SECRET}\n"


class Patient:
    """A home directory and what the doctor says of it."""

    def __init__(self, path):
        self.path = path
        (path / ".aws").mkdir(mode=0o700)
        self.write("credentials", f"[default]\n{KEYS}")

    def write(self, name, text, mode=0o600):
        path = self.path / ".aws" / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(text)
        path.chmod(mode)

    def run(self, *words, **variables):
        variables = {"AWS_REGION": REGION, **variables}
        done = run_locum("doctor", *words, home=self.path, **{name: value for name, value in variables.items() if value})
        assert SECRET not in done.stdout + done.stderr
        return done

    def told(self, *words, **variables):
        done = self.run(*words, "--output", "json", **variables)
        told = json.loads(done.stdout)
        assert done.returncode == (1 if told["findings"] else 0), done.stderr
        return told

    def findings(self, *words, **variables):
        return {finding["code"]: finding["text"] for finding in self.told(*words, **variables)["findings"]}

    def facts(self, topic, *words, **variables):
        return [fact["text"] for fact in self.told(*words, **variables)["facts"] if fact["topic"] == topic]


@pytest.fixture
def patient(tmp_path):
    return Patient(tmp_path)


def test_nothing_is_wrong(patient):
    done = patient.run()
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "Nothing is wrong." in done.stdout.splitlines()
    told = patient.told()
    assert [source["source"] for source in told["sources"]] == [
        "env", "assume-role", "assume-role-with-web-identity", "sso", "shared-credentials-file", "login",
        "custom-process", "config-file", "container-role", "iam-role",
    ]  # fmt: skip
    verdicts = [source["verdict"] for source in told["sources"]]
    assert verdicts == ["nothing there"] * 4 + ["chosen"] + ["not reached"] * 5
    assert told["sources"][4]["detail"] == "shared-credentials-file AKIAQNZGKIQY56JQ7WML (profile default)"


def test_where_things_come_from(patient):
    assert patient.facts("region") == [f"{REGION}, by AWS_REGION"]
    assert patient.facts("region", "--region", "eu-west-1") == ["eu-west-1, by --region"]
    patient.write("config", "[default]\nregion = eu-west-3\nendpoint_url = https://sts.example.com\n")
    assert patient.facts("region", AWS_REGION=None) == ["eu-west-3, by the profile"]
    assert patient.facts("endpoint", AWS_REGION=None) == ["https://sts.example.com, by endpoint_url, signed for eu-west-3"]
    assert patient.facts("endpoint", AWS_ENDPOINT_URL_STS="https://b") == [f"https://b, by AWS_ENDPOINT_URL_STS, signed for {REGION}"]
    assert patient.facts("proxy", ALL_PROXY=f"socks5://me:{SECRET}@proxy") == ["ALL_PROXY is read neither here nor by AWS's command"]
    assert patient.facts("proxy", HTTPS_PROXY=f"http://me:{SECRET}@proxy:3128") == ["http://********@proxy:3128, by HTTPS_PROXY"]
    assert patient.facts("profile", AWS_PROFILE="default") == ["default, by AWS_PROFILE"]
    assert any("credentials, mode 0600, 1 section" in fact for fact in patient.facts("file"))


def test_a_profile_before_the_environment(patient):
    keys = {"AWS_ACCESS_KEY_ID": "AKIAQNZGKIQYZZZZZZZZ", "AWS_SECRET_ACCESS_KEY": SECRET}
    assert patient.told(**keys)["sources"][0]["verdict"] == "chosen"
    found = patient.findings(AWS_PROFILE="default", **keys)
    assert "name the profile with --profile" in found["overridden"]
    told = patient.told("--profile", "default", **keys)
    assert told["sources"][0]["verdict"] == "put aside by --profile" and told["findings"] == []


def test_half_a_key(patient):
    found = patient.findings(AWS_ACCESS_KEY_ID="AKIAQNZGKIQYZZZZZZZZ")
    assert found["broken"] == (
        "Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY: add AWS_SECRET_ACCESS_KEY, or remove what needs it."
    )
    patient.write("config", "[profile p]\nrole_arn = x\nsource_profile = q\n")
    assert set(patient.findings("--profile", "p")) == {"broken-profile"}, "told once"


def test_profiles_that_cannot_work(patient):
    patient.write(
        "config",
        "[profile a]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = b\n"
        "[profile b]\nrole_arn = arn:aws:iam::1:role/b\nsource_profile = a\n"
        "[profile c]\nregoin = eu-west-1\n"
        "[d]\nregion = eu-west-1\n",
    )
    found = patient.findings()
    assert "let one of them name a profile that has keys" in found["broken-profile"]
    assert found["unknown-setting"] == "The setting regoin of the profile c is not known; did you mean region?"
    assert "write [profile d]" in found["ignored-section"]
    page = patient.run()
    assert page.returncode == 1 and "findings" in page.stdout


def test_a_role_is_told_with_its_way(patient):
    patient.write("config", "[profile p]\nrole_arn = arn:aws:iam::029608264753:role/r\nsource_profile = default\n")
    told = patient.told("--profile", "p")
    assert told["sources"][1]["detail"] == (
        "assume-role arn:aws:iam::029608264753:role/r (profile p), by "
        "shared-credentials-file AKIAQNZGKIQY56JQ7WML (profile default)"
    )
    assert patient.findings("--profile", "q")["profile"].startswith("The config profile (q) could not be found")
    assert "did you mean default?" in patient.findings("--profile", "defualt")["profile"]


def test_files_that_others_may_use(patient):
    patient.write("credentials", f"[default]\n{KEYS}", mode=0o644)
    patient.write("config", "[default]\nregion = r-1\n", mode=0o666)
    found = patient.findings()
    assert "chmod 600" in found["readable-file"] and "chmod o-w" in found["writable-file"]


def test_a_file_that_cannot_be_read(patient):
    patient.write("config", "[default]\nnonsense\n")
    found = patient.findings()
    assert "(line 2): correct or remove it" in found["unreadable"]


def test_no_credentials_and_no_region(patient):
    (patient.path / ".aws/credentials").unlink()
    found = patient.findings(AWS_REGION=None)
    assert "No source has credentials" in found["no-credentials"]
    assert patient.facts("endpoint", AWS_REGION=None) == ["https://sts.amazonaws.com, AWS's, signed for us-east-1"]


def test_caches(patient):
    def entry(name, end, mode=0o600):
        patient.write(f"cli/cache/{name}.json", json.dumps({"Credentials": {"SecretAccessKey": SECRET, "Expiration": end}}), mode)

    entry("a", "2099-01-01T00:00:00Z")
    entry("b", "2026-01-01T00:00:00+00:00")
    assert any("cli/cache: 1 valid, 1 over" in fact for fact in patient.facts("cache"))
    assert patient.findings() == {}
    entry("b", "2026-01-01T00:00:00Z", 0o666)
    entry("c", "2026-01-01T00:00:00Z", 0o644)
    os.symlink("a.json", patient.path / ".aws/cli/cache/d.json")
    found = [finding["text"] for finding in patient.told()["findings"]]
    assert len(found) == 3 and any("is a link" in text for text in found), found
    (patient.path / ".aws/cli/cache").chmod(0o777)
    assert "chmod 700" in patient.findings()["open-cache"]


def test_certificates(patient):
    found = patient.findings(AWS_CA_BUNDLE="/nonexistent/ca.pem")
    assert "/nonexistent/ca.pem" in found["certificates"]
    assert patient.facts("trust", AWS_CA_BUNDLE="/nonexistent/ca.pem") == ["the certificates of /nonexistent/ca.pem, by AWS_CA_BUNDLE"]


def test_the_vault(patient):
    [fact] = patient.facts("vault")
    assert fact == "files: nothing kept"
    assert patient.facts("vault", LOCUM_VAULT="none") == ["none, by LOCUM_VAULT"]
    assert "LOCUM_VAULT is paper" in patient.findings(LOCUM_VAULT="paper")["vault"]


def test_the_files_of_the_vault(patient):
    directory = patient.path / ".local/state/locum/keys"
    directory.mkdir(parents=True, mode=0o700)
    entry = directory / "k.secret"
    entry.write_text("{}")
    for mode, says in [(0o600, None), (0o644, "chmod 600"), (0o640, "can be read by others"), (0o666, "remove it")]:
        entry.chmod(mode)
        found = patient.findings()
        assert (says is None and found == {}) or says in found["refused-secret"], found
    entry.chmod(0o600)
    directory.chmod(0o777)
    assert "chmod 700" in patient.findings()["open-vault"]


def test_a_metadata_service_somewhere_else(patient):
    """Whether somebody is there, only asking can tell; at the usual place there is nobody on this machine."""
    (patient.path / ".aws/credentials").unlink()
    elsewhere = {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:9"}
    assert patient.findings(**elsewhere) == {}
    assert patient.facts("session", **elsewhere) == ["only asking the source can tell"]
    usual = {**elsewhere, "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://169.254.169.254/"}
    assert "No source has credentials" in patient.findings(**usual)["no-credentials"]


def test_which_aws_it_is(patient):
    programs = patient.path / "bin"
    programs.mkdir()
    assert patient.facts("aws", PATH=str(programs)) == ["none on PATH"]
    shutil.copy("/bin/true", programs / "aws")
    assert patient.facts("aws", PATH=str(programs)) == [f"{programs}/aws is another program"]
    (programs / "aws").unlink()
    (programs / "aws").symlink_to(BINARY)
    assert patient.facts("aws", PATH=str(programs)) == [f"{programs}/aws is this program"]


class Clock(BaseHTTPRequestHandler):
    """A service whose clock stands still."""

    def do_GET(self):
        assert "Authorization" not in self.headers
        self.send_response_only(403)
        self.send_header("Date", "Sun, 22 Nov 2020 10:00:00 GMT")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def test_the_clock(patient, server):
    def asked(url):
        return {"AWS_ENDPOINT_URL": url}

    assert patient.findings("--online", **asked(server.url)) == {}
    [fact] = patient.facts("clock", "--online", **asked(server.url))
    assert server.url in fact
    with HTTPServer(("127.0.0.1", 0), Clock) as slow:
        threading.Thread(target=slow.serve_forever, daemon=True).start()
        found = patient.findings("--online", **asked(f"http://127.0.0.1:{slow.server_port}"))
        slow.shutdown()
    assert "ahead" in found["clock"] and "NTP" in found["clock"]
    assert "STS cannot be reached" in patient.findings("--online", **asked("http://127.0.0.1:9"))["unreachable"]
    assert patient.facts("clock", **asked("http://127.0.0.1:9")) == [], "offline unless told otherwise"


def test_control_characters_stay_harmless(patient):
    patient.write("config", "[profile a\x1b[2J]\nrole_arn = x\nsource_profile = b\x1b]0;x\x07\n")
    done = patient.run()
    assert done.returncode == 1 and "\x1b" not in done.stdout


def test_refusals(patient):
    for words, says in [(("--output", "xml"), "--output is text or json"), (("x",), "run `locum doctor --help`")]:
        done = patient.run(*words)
        assert (done.returncode, done.stdout) == (2, "") and says in done.stderr
