"""`locum sts` in front of a server that means harm, or is broken: it ends soon, with one sentence, and stays quiet of secrets."""

import os
import pty
import select
import socket
import subprocess
import threading

import pytest

from differential.answers import envelope, error
from differential.outcome import KEYS, REGION
from server import BINARY, clean_environment

WHO = ("sts", "get-caller-identity")


class Raw:
    """A server that says to every request what it is told, byte by byte."""

    def __init__(self, *pieces, endless=None):
        self.pieces, self.endless, self.count = pieces, endless, 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                taken, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=(taken,), daemon=True).start()

    def answer(self, taken):
        self.count += 1
        with taken:
            try:
                taken.recv(65536)
                for piece in self.pieces:
                    taken.sendall(piece)
                while self.endless:
                    taken.sendall(self.endless)
            except OSError:
                pass

    def stop(self):
        self.socket.close()


def environment(home, url, **more):
    return clean_environment(home, AWS_ENDPOINT_URL=url, AWS_MAX_ATTEMPTS="1", **KEYS, **REGION, **more)


def run(home, server, *words, **more):
    try:
        done = subprocess.run(
            [BINARY, *(words or WHO)], env=environment(home, server.url, **more), cwd=home, stdin=subprocess.DEVNULL, capture_output=True, timeout=60
        )
    finally:
        server.stop()
    assert b"panicked" not in done.stderr
    return done


def reply(body, status="200 OK", *headers):
    body = body if isinstance(body, bytes) else body.encode()
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/xml", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


GOOD = envelope("GetCallerIdentity", "<Account>123456789012</Account>")
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
ENDLESS = {
    "a body without end": ((b"HTTP/1.1 200 OK\r\n\r\n",), b"<a>" * 1000),
    "chunks without end": ((CHUNKED,), b"1000\r\n" + b"x" * 4096 + b"\r\n"),
    "headers without end": ((b"HTTP/1.1 200 OK\r\n",), b"X-Header: " + b"y" * 1000 + b"\r\n"),
    "one header without end": ((b"HTTP/1.1 200 OK\r\nX-Header: ",), b"y" * 1000),
    "a status line without end": ((b"HTTP/1.1 200 ",), b"O" * 1000),
    "interim answers without end": ((), b"HTTP/1.1 100 Continue\r\n\r\n"),
    "an error without end": ((b"HTTP/1.1 403 Forbidden\r\n\r\n",), b"<Error>" * 1000),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_an_answer_without_end(tmp_path, name):
    pieces, endless = ENDLESS[name]
    done = run(tmp_path, Raw(*pieces, endless=endless))
    assert done.returncode == 255 and done.stdout == b"" and done.stderr.strip(), done
    assert len(done.stderr) < 8192


DEEP = "<a>" * 100_000
BROKEN = {
    "nothing": b"",
    "half a status line": b"HTTP/1.1 2",
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n",
    "half the headers": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n",
    "half the body": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<a",
    "a length that is none": b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n" + GOOD.encode(),
    "a negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + GOOD.encode(),
    "a length beyond all": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
    "a chunk beyond all": CHUNKED + b"FFFFFFFFFFFFFFFFF\r\n",
    "a chunk that is none": CHUNKED + b"zz\r\n",
    "half a chunk": CHUNKED + b"1000\r\nx",
    "not UTF-8": reply(b"<a>\xff\xfe</a>"),
    "entities": reply('<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><a>&c;</a>'),
    "an entity of a file": reply('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><GetCallerIdentityResponse><GetCallerIdentityResult><Arn>&b;</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>'),
    "deep": reply(DEEP),
    "namespaces": reply("<a " + " ".join(f'xmlns:n{i}="u{i}"' for i in range(1000)) + "/>"),
    "attributes": reply("<a " + " ".join(f'a{i}="x"' for i in range(10_000)) + "/>"),
    "an escape by number": reply(envelope("GetCallerIdentity", "<Account>&#27;[2J</Account>")),
    "a redirection": reply("", "302 Found", "Location: http://127.0.0.1:1/"),
    "a body larger than any result": reply(b"<a>" + b"x" * (2 << 20) + b"</a>"),
    "compressed": reply(b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "200 OK", "Content-Encoding: gzip"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_an_answer_that_is_none(tmp_path, name):
    server = Raw(BROKEN[name])
    done = run(tmp_path, server)
    assert done.returncode == 255 and done.stdout == b"" and done.stderr.strip(), done
    assert b"root:" not in done.stderr and b"secret-of" not in done.stderr
    assert server.count == 1, "redirections are not followed"


def test_a_slow_answer_is_given_up(tmp_path):
    """Between two bytes there may pass what `--cli-read-timeout` says, and no more in all."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip():
        taken, _ = listener.accept()
        with taken:
            taken.recv(65536)
            for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b" " * 1000:
                if stop.wait(0.1):
                    return
                try:
                    taken.sendall(bytes([byte]))
                except OSError:
                    return

    threading.Thread(target=drip, daemon=True).start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    done = subprocess.run(
        [BINARY, *WHO, "--cli-read-timeout", "1"], env=environment(tmp_path, url), cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, timeout=60
    )
    stop.set()
    listener.close()
    assert done.returncode == 255 and b"Read timeout on endpoint URL" in done.stderr, done


def on_a_terminal(home, url, *words):
    """What a person sees of a command."""
    master, slave = pty.openpty()
    process = subprocess.Popen([BINARY, *words], env=environment(home, url), cwd=home, stdin=subprocess.DEVNULL, stdout=slave, stderr=slave)
    os.close(slave)
    shown = b""
    while True:
        ready, _, _ = select.select([master], [], [], 60)
        assert ready, shown
        try:
            piece = os.read(master, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(master)
    return process.wait(timeout=60), shown.decode()


# A control sequence introducer of one character, one that turns text around, and one that erases.
DRIVING = "\x9b2J \u202e \x7f"


@pytest.mark.parametrize("output", ["json", "text", "table", "yaml"])
def test_a_result_does_not_drive_the_terminal(tmp_path, output):
    server = Raw(reply(envelope("GetCallerIdentity", f"<Account>a{DRIVING}b</Account>")))
    status, shown = on_a_terminal(tmp_path, server.url, *WHO, "--output", output, "--color", "off")
    server.stop()
    assert status == 0 and "Account" in shown or output == "text"
    assert not any(c in shown for c in ("\x9b", "\u202e", "\x7f", "\x1b")), shown


WHOAMI = [("whoami",), ("whoami", "--output", "json"), ("whoami", "--format", "{arn} {account}"), ("whoami", "--debug"), ("whoami", "--all")]


@pytest.mark.parametrize("words", [(*WHO, "--debug"), *WHOAMI, ("whoami", "--all", "--output", "json")], ids=" ".join)
def test_nothing_that_is_told_of_a_result_drives_the_terminal(tmp_path, words):
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text("[default]\naws_access_key_id = AKIAX\naws_secret_access_key = y\n")
    arn = f"arn:aws:iam::1{DRIVING}:user/a{DRIVING}b"
    server = Raw(reply(envelope("GetCallerIdentity", f"<UserId>{DRIVING}</UserId><Account>{DRIVING}</Account><Arn>{arn}</Arn>")))
    status, shown = on_a_terminal(tmp_path, server.url, *words)
    server.stop()
    assert status == 0 and "user/a" in shown, shown
    shown = shown.replace("\x1b[K", "")
    assert not any(c in shown for c in ("\x9b", "\u202e", "\x7f", "\x1b")), shown


@pytest.mark.parametrize("output", ["json", "text"])
def test_a_pipe_gets_the_result_as_it_came(tmp_path, output):
    done = run(tmp_path, Raw(reply(envelope("GetCallerIdentity", f"<Account>a{DRIVING}b</Account>"))), *WHO, "--output", output)
    assert done.returncode == 0 and f"a{DRIVING}b" in done.stdout.decode().replace("\\u007f", "\x7f"), done


def test_an_error_does_not_drive_the_terminal(tmp_path):
    server = Raw(reply(error("Access\u202eDenied", f"no {DRIVING}"), "403 Forbidden"))
    status, shown = on_a_terminal(tmp_path, server.url, *WHO)
    server.stop()
    assert status == 254 and "An error occurred" in shown
    assert not any(c in shown for c in ("\x9b", "\u202e", "\x7f", "\x1b")), shown
