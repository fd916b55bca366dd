"""People who run `locum login`: their homes, a browser for them, and logins that wait for one, which the test is."""

import http.client
import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from server import BINARY, REGION, Caller, clean_environment, run_locum

BROWSER = f"{sys.executable} {Path(__file__).parent / 'browser.py'}"


class Home:
    """A home directory with a profile `work`."""

    def __init__(self, path, **settings):
        self.path = Path(path)
        (self.path / ".aws").mkdir()
        self.config = self.path / ".aws/config"
        self.page = self.path / "page.json"
        self.write(**settings)

    def write(self, **settings):
        lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
        self.config.write_text(f"[profile work]\nregion = {REGION}\n{lines}")
        self.config.chmod(0o600)

    def variables(self, **more):
        return {"BROWSER": BROWSER, "LOCUM_TEST_PAGE": str(self.page), **more}

    def login(self, *words, **variables):
        return run_locum("login", "--profile", "work", *words, home=self.path, **self.variables(**variables))

    def kept(self, kind="login"):
        [file] = (self.path / ".local/state/locum" / kind).glob("*.secret")
        return file

    def process(self):
        return self.login("--credential-process")

    def caller(self, server):
        done = self.process()
        assert done.returncode == 0, done.stderr
        printed = json.loads(done.stdout)
        assert printed["Version"] == 1
        return Caller.of(server, printed)

    def expire(self):
        """Lets the kept session be over."""
        entry = json.loads(self.kept().read_text())
        entry["Credentials"]["Expiration"] = "2020-01-01T00:00:00Z"
        self.kept().write_text(json.dumps(entry))


class Waiting:
    """A login that waits for a browser, which the test is."""

    def __init__(self, home, *words, **variables):
        self.process = subprocess.Popen(
            [BINARY, "login", "--profile", "work", "--no-browser", *words],
            env=clean_environment(home.path, **variables), cwd=home.path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        line = self.process.stderr.readline()
        assert line.startswith("locum: open this page in a browser on this machine: "), line
        self.page = line.split()[-1]

    def send(self, method, url, body=None, host=None, headers=()):
        """Status, headers and text of what the listener says."""
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
        connection.putrequest(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, skip_host=True)
        connection.putheader("Host", host or parts.netloc)
        for name, value in {**dict(headers), **({"Content-Length": str(len(body))} if body is not None else {})}.items():
            connection.putheader(name, value)
        connection.endheaders(body.encode() if body is not None else None)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, answer.headers, text

    def end(self):
        """Exit status and what was printed."""
        stdout, stderr = self.process.communicate(timeout=60)
        return self.process.returncode, stdout, stderr


def settings_of(server, party, client_id=None, **more):
    return {
        "endpoint_url": server.url,
        "locum_oidc_issuer": party.issuer.url,
        "locum_oidc_client_id": client_id or party.issuer.client_id,
        "locum_role_arn": party.role.arn,
        **more,
    }


def signed_in(home, party):
    """Signs in as a browser would."""
    waiting = Waiting(home, "--oidc-scopes", "openid offline_access")
    back, answer = party.issuer.authorize(waiting.page)
    status, _, _ = waiting.send("GET", f"{back}?{urlencode(answer)}")
    code, stdout, stderr = waiting.end()
    assert (status, code) == (200, 0), stderr
    return stdout
