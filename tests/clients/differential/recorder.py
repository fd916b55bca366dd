"""A server that answers every call of STS from a table and keeps what it was asked.

It is also an HTTP proxy that ends TLS itself, with certificates of its own authority, so that a command without
`--endpoint-url` can be watched too: to which host it would have gone, and for which region it signed.
"""

import datetime
import hashlib
import hmac
import http.server
import socket
import socketserver
import ssl
import threading
from pathlib import Path
from urllib.parse import parse_qsl, unquote_plus

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from differential.answers import answer

DAY = datetime.timedelta(days=1)


def secret_of(key):
    """The secret of an access key: every key here has the one that follows from its name."""
    return f"secret-of-{key}"


class Authority:
    """Makes certificates for the hosts that somebody asks for."""

    def __init__(self, directory):
        self.directory = Path(directory)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "recorder")])
        self.contexts, self.lock = {}, threading.Lock()
        self.bundle = self.directory / "authority.pem"
        self.bundle.write_bytes(self._certificate(self.name, None).public_bytes(serialization.Encoding.PEM))

    def _certificate(self, subject, host):
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(self.key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - DAY).not_valid_after(now + DAY)
        builder = builder.add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
        if host:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def context(self, host):
        with self.lock:
            if host not in self.contexts:
                subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "host")])
                path = self.directory / f"{len(self.contexts)}.pem"
                path.write_bytes(
                    self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
                    + self._certificate(subject, host).public_bytes(serialization.Encoding.PEM)
                )
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(path)
                self.contexts[host] = context
            return self.contexts[host]


def is_signed_well(method, path, headers, body, key, scope, names, signature):
    """Whether a request carries the signature that its parts have."""
    path, _, query = path.partition("?")
    if "://" in path:
        path = "/" + path.split("/", 3)[3]
    lines = [f"{name}:{' '.join(headers[name].split())}" for name in names]
    request = "\n".join([method, path, query, *lines, "", ";".join(names), hashlib.sha256(body).hexdigest()])
    text = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, hashlib.sha256(request.encode()).hexdigest()])
    signing = f"AWS4{secret_of(key)}".encode()
    for word in [*scope.split("/"), text]:
        signing = hmac.new(signing, word.encode(), hashlib.sha256).digest()
    return signing.hex() == signature


def about_the_signature(method, path, headers, body):
    said = headers.get("authorization")
    if said is None:
        return None
    parts = dict(part.split("=", 1) for part in said.removeprefix("AWS4-HMAC-SHA256 ").split(", "))
    key, date, region, service, end = parts["Credential"].rsplit("/", 4)
    names = parts["SignedHeaders"].split(";")
    scope = "/".join((date, region, service, end))
    good = is_signed_well(method, path, headers, body, key, scope, names, parts["Signature"])
    return {
        "key": key, "region": region, "service": service, "headers": names, "valid": good,
        "token": headers.get("x-amz-security-token"),
    }  # fmt: skip


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    tunnel = None

    def do_CONNECT(self):
        self.tunnel = self.path
        self.send_response(200)
        self.end_headers()
        # Plain HTTP may come through a tunnel too.
        if self.connection.recv(1, socket.MSG_PEEK) != b"\x16":
            self.close_connection = False
            return
        context = self.server.recorder.authority.context(self.path.rsplit(":", 1)[0])
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.close_connection = False

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        recorder = self.server.recorder
        # Read by hand, for `parse_qsl` takes more than one thing for the same.
        pairs = [tuple(map(unquote_plus, pair.split("=", 1))) for pair in body.decode().split("&") if body]
        recorder.seen.append(
            {
                "tunnel": self.tunnel,
                "host": headers.get("host"),
                "request": f"{self.command} {self.path}",
                "type": headers.get("content-type"),
                "form": pairs,
                "signature": about_the_signature(self.command, self.path, headers, body),
            }
        )
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        status, content, more = answer(recorder.answering, form, len(recorder.seen))
        content = content if isinstance(content, bytes) else content.encode()
        self.send_response(status)
        for name, value in {"Content-Type": "text/xml", "x-amzn-RequestId": "00000000-0000", **more}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A client that goes away, which some do on purpose."""


class Recorder:
    """One such server, for one program that runs one command at a time."""

    def __init__(self, authority):
        self.authority = authority
        self.seen, self.answering = [], "plain"
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.recorder = self
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def expect(self, answering):
        self.seen, self.answering = [], answering

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
