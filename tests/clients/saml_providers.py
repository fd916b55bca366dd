"""SAML identity providers that sign for the tests: `pysaml2` with `xmlsec1`, and npm's `samlp`.

Two implementations that share no code: what one of them writes by habit (prefixes, white space, where the signature
stands) the other does not.
"""

import base64
import datetime
import json
import os
import subprocess
import tempfile
import time
import warnings
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

AUDIENCE = "urn:amazon:webservices"
RECIPIENT = "https://signin.aws.amazon.com/saml"
ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes/"
ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
XMLSEC1 = "/usr/bin/xmlsec1"
NPM = os.environ.get("LOCUM_NPM", "/nonexistent")

# What an encrypted assertion is put into: xmlsec1 fills the two empty values.
_TEMPLATE = """<xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Type="http://www.w3.org/2001/04/xmlenc#Element">
<xenc:EncryptionMethod Algorithm="{cipher}"/>
<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><xenc:EncryptedKey>
<xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"/>
<xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo>
<xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedData>"""
SIGNATURES = {
    "sha1": "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
    "sha256": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "sha384": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
    "sha512": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
}
DIGESTS = {
    "sha1": "http://www.w3.org/2000/09/xmldsig#sha1",
    "sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
    "sha384": "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
}
CIPHERS = {
    "aes-128-gcm": "http://www.w3.org/2009/xmlenc11#aes128-gcm",
    "aes-256-gcm": "http://www.w3.org/2009/xmlenc11#aes256-gcm",
    "aes-256-cbc": "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
    "des-192": "http://www.w3.org/2001/04/xmlenc#tripledes-cbc",
}


class KeyPair:
    """An RSA key and a certificate that it signed itself, in files of `directory`."""

    def __init__(self, directory, name, bits=2048):
        private = rsa.generate_private_key(65537, bits)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        # Long expired: IAM ignores the dates of a certificate (facts: sts §6.1).
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(private.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.datetime(2001, 1, 1))
            .not_valid_after(datetime.datetime(2002, 1, 1))
            .sign(private, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        self.private_pem = private.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        self.public_pem = private.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
        self.certificate_pem = certificate.public_bytes(pem).decode()
        self.key_file = Path(directory) / f"{name}.key"
        self.certificate_file = Path(directory) / f"{name}.crt"
        self.key_file.write_text(self.private_pem)
        self.certificate_file.write_text(self.certificate_pem)

    @property
    def certificate(self):
        """The certificate as metadata and signatures hold it."""
        return "".join(self.certificate_pem.splitlines()[1:-1])


def attributes_of(roles, session_name, more):
    """The attributes that AWS asks for; names in `more` without a scheme are its own."""
    named = {ATTRIBUTES + "Role": list(roles), ATTRIBUTES + "RoleSessionName": [session_name]}
    for name, value in more.items():
        full = name if name.startswith(("http", "urn:")) else ATTRIBUTES + name
        named[full] = [value] if isinstance(value, str) else list(value)
    return {name: values for name, values in named.items() if values != [None]}


class PySaml2:
    """`pysaml2` as an identity provider; the signatures are made by `xmlsec1`."""

    entity_id = "https://idp.example.com/pysaml2"

    def __init__(self, directory, entity_id=None):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.entity_id = entity_id or self.entity_id
        self.keys = KeyPair(self.directory, "pysaml2")

    @cached_property
    def _server(self):
        # Its import is slow and its schemas are loaded with warnings.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from saml2 import BINDING_HTTP_REDIRECT
            from saml2.config import IdPConfig
            from saml2.server import Server

            consumer = self.directory / "aws.xml"
            consumer.write_text(
                f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{AUDIENCE}">'
                '<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
                '<md:AssertionConsumerService index="1" isDefault="true" '
                f'Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{RECIPIENT}"/>'
                "</md:SPSSODescriptor></md:EntityDescriptor>"
            )
            config = IdPConfig().load(
                {
                    "entityid": self.entity_id,
                    "xmlsec_binary": XMLSEC1,
                    "key_file": str(self.keys.key_file),
                    "cert_file": str(self.keys.certificate_file),
                    "metadata": {"local": [str(consumer)]},
                    "service": {
                        "idp": {
                            "endpoints": {
                                "single_sign_on_service": [(f"{self.entity_id}/sso", BINDING_HTTP_REDIRECT)]
                            },
                            "policy": {"default": {"lifetime": {"minutes": 5}, "attribute_restrictions": None}},
                        }
                    },
                }
            )
            return Server(config=config)

    @cached_property
    def metadata(self):
        """The document that an administrator uploads."""
        from saml2.metadata import entity_descriptor

        return str(entity_descriptor(self._server.config))

    def response(
        self,
        roles,
        session_name="alice",
        name_id="alice@example.com",
        sign_response=False,
        sign_assertion=True,
        encrypt=None,
        cipher="aes-256-gcm",
        audience=AUDIENCE,
        recipient=RECIPIENT,
        algorithm="sha256",
        session_not_on_or_after=None,
        issued_ago=0,
        **more,
    ):
        """A base64 response; `roles` are pairs "role,provider", `more` further attributes, `encrypt` a pair of keys."""
        server = self._server
        from saml2 import saml
        from saml2.saml import NameID

        shifted = SimpleNamespace(strftime=time.strftime, gmtime=lambda *at: time.gmtime(*at or [time.time() - issued_ago]))
        with patch("saml2.time_util.time", shifted):
            response = server.create_authn_response(
                attributes_of(roles, session_name, more),
                in_response_to=None,
                destination=recipient,
                sp_entity_id=audience,
                name_id=NameID(format=PERSISTENT, text=name_id),
                authn={"class_ref": saml.AUTHN_PASSWORD, "authn_auth": self.entity_id},
                sign_response=sign_response and not encrypt,
                sign_assertion=sign_assertion,
                sign_alg=SIGNATURES[algorithm],
                digest_alg=DIGESTS[algorithm],
                session_not_on_or_after=session_not_on_or_after,
            )
        text = str(response)
        if encrypt:
            text = encrypted(text, encrypt.certificate_pem, cipher)
        return base64.b64encode(text.encode()).decode()


def encrypted(response, certificate_pem, cipher="aes-256-gcm"):
    """The response with its assertion encrypted by `xmlsec1` for the holder of the certificate's key."""
    from lxml import etree

    tree = etree.fromstring(response.encode())
    [assertion] = tree.findall(f"{{{ASSERTION}}}Assertion")
    # What is encrypted stands alone afterwards: it brings the declarations that it inherits.
    alone = etree.fromstring(etree.tostring(assertion, with_tail=False))
    wrapper = etree.Element(f"{{{ASSERTION}}}EncryptedAssertion", nsmap={"saml": ASSERTION})
    assertion.getparent().replace(assertion, wrapper)
    hole = "the assertion stands here"
    wrapper.text = hole
    wrapped = etree.tostring(tree).decode().replace(hole, etree.tostring(alone).decode())
    with tempfile.TemporaryDirectory() as directory:
        files = {"in.xml": wrapped, "template.xml": _TEMPLATE.format(cipher=CIPHERS[cipher]), "to.crt": certificate_pem}
        for name, text in files.items():
            (Path(directory) / name).write_text(text)
        return subprocess.run(
            [
                XMLSEC1, "--encrypt", "--pubkey-cert-pem", "to.crt",
                "--session-key", cipher.removesuffix("-gcm").removesuffix("-cbc"), "--xml-data", "in.xml", "--node-xpath",
                "//*[local-name()='EncryptedAssertion']/*[local-name()='Assertion']", "template.xml",
            ],  # fmt: skip
            cwd=directory, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip


class Samlp:
    """npm's `samlp`, kept running: it starts slower than it signs."""

    entity_id = "urn:example:samlp"

    def __init__(self, directory):
        directory = Path(directory)
        directory.mkdir(parents=True, exist_ok=True)
        self.keys = KeyPair(directory, "samlp")
        self._log = (directory / "samlp.log").open("w")
        self._process = subprocess.Popen(
            ["node", str(Path(__file__).parent / "idp/saml.mjs")],
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LOCUM_NPM": NPM},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )

    @property
    def metadata(self):
        """A document as an administrator would write it; samlp's own needs a web server around it."""
        padding = f"<!-- {'as long as IAM wants it: ' * 20} -->"
        return (
            f'<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{self.entity_id}">{padding}'
            '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
            '<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>'
            f"{self.keys.certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>"
            '<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example.com/"/>'
            "</IDPSSODescriptor></EntityDescriptor>"
        )

    def response(
        self,
        roles,
        session_name="alice",
        name_id="alice@example.com",
        sign_response=False,
        sign_assertion=True,
        encrypt=None,
        audience=AUDIENCE,
        recipient=RECIPIENT,
        lifetime=300,
        in_response_to=None,
        **more,
    ):
        """A base64 response; `encrypt` is the pair of keys whose holder may read it."""
        question = {
            "issuer": self.entity_id,
            "key": self.keys.private_pem,
            "cert": self.keys.certificate_pem,
            "audience": audience,
            "recipient": recipient,
            "destination": recipient,
            "lifetimeInSeconds": lifetime,
            "signResponse": sign_response,
            "signAssertion": sign_assertion,
            "signatureAlgorithm": "rsa-sha256",
            "digestAlgorithm": "sha256",
            "user": {
                "name_id": name_id,
                "name_id_format": PERSISTENT,
                "attributes": attributes_of(roles, session_name, more),
            },
        }
        if in_response_to:
            question["inResponseTo"] = in_response_to
        if encrypt:
            question |= {"encryptionPublicKey": encrypt.public_pem, "encryptionCert": encrypt.certificate_pem}
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"samlp ended:\n{Path(self._log.name).read_text()}"
        answer = json.loads(line)
        assert "response" in answer, answer
        return answer["response"]

    def stop(self):
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()
        self._log.close()
