"""Makes the keys and the responses of other implementations that the tests read. Run once, results committed:

    python make.py        # needs xmlsec1, openssl, and lxml, signxml, cryptography from PyPI

Everything is made from response.xml, whose comments mark where signatures go.
"""

import base64
import os
import pathlib
import re
import subprocess

import signxml
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

HERE = pathlib.Path(__file__).parent
TEMPLATE = (HERE / "response.xml").read_text().strip()
RESPONSE_MARK, ASSERTION_MARK = "<!--response-signature-->", "<!--assertion-signature-->"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
DS = "http://www.w3.org/2000/09/xmldsig#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
XENC11 = "http://www.w3.org/2009/xmlenc11#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, cwd=HERE, **options).stdout


def make_keys():
    kinds = {
        "rsa": ["rsa:2048"],
        "attacker": ["rsa:2048"],
        "short": ["rsa:1024"],
        "p256": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
        "p384": ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
        "p521": ["ec", "-pkeyopt", "ec_paramgen_curve:P-521"],
    }
    for name, kind in kinds.items():
        run("openssl", "req", "-x509", "-newkey", *kind, "-nodes", "-days", "1", "-subj", f"/CN={name}",
            "-keyout", f"{name}.pem", "-out", f"{name}.crt", "-outform", "DER")
    for name in ("rsa", "attacker", "p384"):
        run("openssl", "pkcs8", "-topk8", "-nocrypt", "-in", f"{name}.pem", "-outform", "DER", "-out", f"{name}.pk8")
    for name in ("newest", "older", "stranger"):
        run("openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", f"{name}.pem")


def skeleton(id, signature, digest, prefixes=None):
    """A signature for xmlsec1 to fill in."""
    inclusive = f'<ec:InclusiveNamespaces xmlns:ec="{EXC}" PrefixList="{prefixes}"/>' if prefixes else ""
    return (
        f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo>'
        f'<ds:CanonicalizationMethod Algorithm="{EXC}">{inclusive}</ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{signature}"/><ds:Reference URI="#{id}"><ds:Transforms>'
        f'<ds:Transform Algorithm="{DS}enveloped-signature"/><ds:Transform Algorithm="{EXC}">{inclusive}</ds:Transform>'
        f'</ds:Transforms><ds:DigestMethod Algorithm="{digest}"/><ds:DigestValue/></ds:Reference></ds:SignedInfo>'
        "<ds:SignatureValue/><ds:KeyInfo><ds:X509Data/></ds:KeyInfo></ds:Signature>"
    )


def xmlsec_sign(document, id, key):
    (HERE / "tmp.xml").write_text(document)
    signed = run(
        "xmlsec1", "--sign", "--privkey-pem", f"{key}.pem",
        "--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:Response",
        "--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion",
        "--node-xpath", f"//*[@ID='{id}']/*[local-name()='Signature']", "tmp.xml",
    ).decode()
    (HERE / "tmp.xml").unlink()
    return signed


def by_xmlsec(where, signature, digest, key, prefixes=None, document=TEMPLATE):
    document = document.replace(ASSERTION_MARK, skeleton("_a1", signature, digest, prefixes) if "a" in where else "")
    document = document.replace(RESPONSE_MARK, skeleton("_r1", signature, digest, prefixes) if "r" in where else "")
    if "a" in where:
        document = xmlsec_sign(document, "_a1", key)
    if "r" in where:
        document = xmlsec_sign(document, "_r1", key)
    return document


def by_signxml(where, signature, digest, key):
    signer = signxml.XMLSigner(
        method=signxml.methods.enveloped, signature_algorithm=signature, digest_algorithm=digest, c14n_algorithm=EXC
    )
    pem = (HERE / f"{key}.pem").read_bytes()
    place = f'<ds:Signature xmlns:ds="{DS}" Id="placeholder"></ds:Signature>'
    document = TEMPLATE.replace(RESPONSE_MARK, place if where == "r" else "")
    root = etree.fromstring(document.replace(ASSERTION_MARK, place if where == "a" else "").encode())
    if where == "r":
        return etree.tostring(signer.sign(root, key=pem, reference_uri="_r1"), encoding="unicode")
    assertion = root[-1]
    root.replace(assertion, signer.sign(assertion, key=pem, reference_uri="_a1"))
    return etree.tostring(root, encoding="unicode")


def assertion_of(document):
    return re.search(r"<saml:Assertion .*</saml:Assertion>", document, re.S).group()


def encrypted(plain, to, content="aes256-gcm", oaep="sha256", beside=False, method=None):
    """An EncryptedAssertion, made with the library cryptography."""
    length = 32 if "256" in content else 16
    key, plain = os.urandom(length), plain.encode()
    if content.endswith("gcm"):
        iv = os.urandom(12)
        sealed, content_method = iv + AESGCM(key).encrypt(iv, plain, None), XENC11 + content
    else:
        iv, pad = os.urandom(16), 16 - len(plain) % 16
        cbc = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
        sealed = iv + cbc.update(plain + bytes(pad - 1) + bytes([pad])) + cbc.finalize()
        content_method = XENC + content
    public = serialization.load_pem_private_key((HERE / f"{to}.pem").read_bytes(), None).public_key()
    hash = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256(), "sha512": hashes.SHA512()}.get(oaep)
    names = {"sha1": DS + "sha1", "sha256": XENC + "sha256", "sha512": XENC + "sha512"}
    if oaep == "pkcs1":
        wrapped, key_method, inner = public.encrypt(key, padding.PKCS1v15()), XENC + "rsa-1_5", ""
    else:
        wrapped = public.encrypt(key, padding.OAEP(padding.MGF1(hash), hash, None))
        if oaep == "sha1":
            key_method, inner = XENC + "rsa-oaep-mgf1p", f'<ds:DigestMethod xmlns:ds="{DS}" Algorithm="{names[oaep]}"/>'
        else:
            key_method = XENC11 + "rsa-oaep"
            inner = (
                f'<ds:DigestMethod xmlns:ds="{DS}" Algorithm="{names[oaep]}"/>'
                f'<xenc11:MGF xmlns:xenc11="{XENC11}" Algorithm="{XENC11}mgf1{oaep}"/>'
            )
    wrapped = (
        f'<xenc:EncryptedKey xmlns:xenc="{XENC}" Id="_k1"><xenc:EncryptionMethod Algorithm="{key_method}">{inner}'
        f"</xenc:EncryptionMethod><xenc:CipherData><xenc:CipherValue>{base64.b64encode(wrapped).decode()}"
        "</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey>"
    )
    info = f'<ds:RetrievalMethod Type="{XENC}EncryptedKey" URI="#_k1"/>' if beside else wrapped
    return (
        f'<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><xenc:EncryptedData '
        f'xmlns:xenc="{XENC}" Type="{XENC}Element"><xenc:EncryptionMethod Algorithm="{method or content_method}"/>'
        f'<ds:KeyInfo xmlns:ds="{DS}">{info}</ds:KeyInfo><xenc:CipherData><xenc:CipherValue>'
        f"{base64.b64encode(sealed).decode()}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>"
        f"{wrapped if beside else ''}</saml:EncryptedAssertion>"
    )


def by_xmlsec_encrypted(document):
    """The assertion of a response encrypted by xmlsec1."""
    template = (
        f'<xenc:EncryptedData xmlns:xenc="{XENC}" Type="{XENC}Element">'
        f'<xenc:EncryptionMethod Algorithm="{XENC11}aes128-gcm"/><ds:KeyInfo xmlns:ds="{DS}"><xenc:EncryptedKey>'
        f'<xenc:EncryptionMethod Algorithm="{XENC}rsa-oaep-mgf1p"/><xenc:CipherData><xenc:CipherValue/>'
        "</xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue/></xenc:CipherData>"
        "</xenc:EncryptedData>"
    )
    (HERE / "tmp.tmpl").write_text(template)
    (HERE / "tmp.xml").write_text(assertion_of(document))
    (HERE / "tmp.pub").write_bytes(run("openssl", "pkey", "-in", "newest.pem", "-pubout"))
    data = run("xmlsec1", "--encrypt", "--pubkey-pem", "tmp.pub", "--session-key", "aes-128", "--xml-data", "tmp.xml",
               "--node-xpath", "/*", "tmp.tmpl").decode()
    for name in ("tmp.tmpl", "tmp.xml", "tmp.pub"):
        (HERE / name).unlink()
    data = re.sub(r"<\?xml.*?\?>\s*", "", data).strip()
    return f'<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{data}</saml:EncryptedAssertion>'


def write(name, document):
    (HERE / f"{name}.xml").write_text(document)


def main():
    make_keys()
    rsa, sha = MORE + "rsa-sha", {"256": XENC + "sha256", "384": MORE + "sha384", "512": XENC + "sha512"}
    for bits in sha:
        write(f"xmlsec-a-rsa-sha{bits}", by_xmlsec("a", rsa + bits, sha[bits], "rsa"))
    for bits, key in (("256", "p256"), ("384", "p384"), ("512", "p521")):
        write(f"xmlsec-r-ecdsa-sha{bits}", by_xmlsec("r", MORE + "ecdsa-sha" + bits, sha[bits], key))
    write("xmlsec-ar-rsa-sha256", by_xmlsec("ar", rsa + "256", sha["256"], "rsa"))
    default = TEMPLATE.replace("<samlp:Response ", '<samlp:Response xmlns="urn:default" xmlns:unused="urn:unused" ')
    write("xmlsec-ar-prefixes", by_xmlsec("ar", rsa + "256", sha["256"], "rsa", "#default xs unused none", default))
    crlf = TEMPLATE.replace("><saml", ">\r\n  <saml").replace("><samlp", ">\r\n\t<samlp")
    crlf = '<?xml version="1.0" encoding="UTF-8"?>\r\n' + crlf + "\r\n"
    (HERE / "xmlsec-a-pretty.xml").write_bytes(by_xmlsec("a", rsa + "256", sha["256"], "rsa", None, crlf).encode())
    write("signxml-a-rsa-sha256", by_signxml("a", "rsa-sha256", "sha256", "rsa"))
    write("signxml-r-rsa-sha512", by_signxml("r", "rsa-sha512", "sha512", "rsa"))
    write("signxml-r-ecdsa-sha256", by_signxml("r", "ecdsa-sha256", "sha256", "p256"))
    write("attack-sha1", by_xmlsec("a", DS + "rsa-sha1", DS + "sha1", "rsa"))
    write("attack-sha1-digest", by_xmlsec("a", rsa + "256", DS + "sha1", "rsa"))
    write("attack-short-key", by_xmlsec("a", rsa + "256", sha["256"], "short"))

    signed = by_xmlsec("a", rsa + "256", sha["256"], "rsa")
    plain, bare = assertion_of(signed), assertion_of(TEMPLATE.replace(ASSERTION_MARK, ""))
    forged = assertion_of(by_xmlsec("a", rsa + "256", sha["256"], "attacker"))
    pretty = TEMPLATE.replace(RESPONSE_MARK, "").replace(ASSERTION_MARK, "")

    def wrap(content, response=pretty):
        return response.replace(bare, content)

    write("encrypted-aes256-sha256", wrap(encrypted(plain, "newest")))
    write("encrypted-aes128-sha1-older", wrap(encrypted(plain, "older", "aes128-gcm", "sha1")))
    write("encrypted-aes256-sha512-beside", wrap(encrypted(plain, "newest", oaep="sha512", beside=True)))
    write("encrypted-xmlsec", wrap(by_xmlsec_encrypted(signed)))
    response = TEMPLATE.replace(ASSERTION_MARK, "").replace(bare, encrypted(plain, "newest"))
    write("encrypted-signed-response", by_xmlsec("r", rsa + "256", sha["256"], "rsa", None, response))
    write("attack-encrypted-unsigned", wrap(encrypted(bare, "newest")))
    response = TEMPLATE.replace(ASSERTION_MARK, "").replace(bare, encrypted(bare, "newest"))
    write("attack-encrypted-unsigned-in-signed", by_xmlsec("r", rsa + "256", sha["256"], "rsa", None, response))
    write("attack-encrypted-forged", wrap(encrypted(forged, "newest")))
    write("attack-encrypted-cbc", wrap(encrypted(plain, "newest", "aes256-cbc")))
    write("attack-encrypted-cbc-as-gcm", wrap(encrypted(plain, "newest", "aes256-cbc", method=XENC11 + "aes256-gcm")))
    write("attack-encrypted-pkcs1", wrap(encrypted(plain, "newest", oaep="pkcs1")))
    write("attack-encrypted-stranger", wrap(encrypted(plain, "stranger")))
    comment = plain.replace("alice@example.com</saml:NameID>", "alice<!---->@example.com</saml:NameID>")
    write("attack-encrypted-comment", wrap(encrypted(comment, "newest")))
    write("attack-encrypted-response", wrap(encrypted(signed, "newest")))
    signature = re.search(r"<ds:Signature .*</ds:Signature>", plain, re.S).group()
    advice = f"<saml:Advice>{plain.replace(signature, '')}</saml:Advice><saml:AuthnStatement "
    wrapped = plain.replace("alice@", "mallory@").replace('ID="_a1"', 'ID="_a2"').replace("<saml:AuthnStatement ", advice)
    write("attack-encrypted-wrapped", wrap(encrypted(wrapped, "newest")))
    twice = plain.replace("</saml:Assertion>", signature + "</saml:Assertion>")
    write("attack-encrypted-two-signatures", wrap(encrypted(twice, "newest")))
    same = plain.replace("<saml:AttributeValue>staff", '<saml:AttributeValue ID="_a1">staff')
    write("attack-encrypted-same-id", wrap(encrypted(same, "newest")))
    for name in ("short", "p256", "p521", "rsa", "attacker", "p384", "stranger"):
        (HERE / f"{name}.pem").unlink()


main()
