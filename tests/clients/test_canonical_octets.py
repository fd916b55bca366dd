"""Exclusive canonicalisation against libxml2's, on random documents.

The program named by LOCUM_C14N (`cargo build -p locum-federation --example c14n`) and lxml canonicalise the same
documents; every octet must be the same. LOCUM_C14N_DOCUMENTS sets how many, LOCUM_C14N_SEED which.

lxml cannot canonicalise an element within its document together with a PrefixList, so for those the same element is
also written as a document by itself, with the namespaces in scope declared on it: exclusive canonicalisation yields
the same octets for both, which is its purpose. lxml drops "#default" from a PrefixList; a response signed by xmlsec1
covers it among the tests of the crate.
"""

import os
import random
import struct
import subprocess

import pytest

etree = pytest.importorskip("lxml.etree")

PROGRAM = os.environ.get("LOCUM_C14N")
DOCUMENTS = int(os.environ.get("LOCUM_C14N_DOCUMENTS", "50000"))
SEED = int(os.environ.get("LOCUM_C14N_SEED", "1"))
BATCH = 500
REFUSED = 0xFFFFFFFF

DS = "http://www.w3.org/2000/09/xmldsig#"
PREFIXES = ["", "a", "b", "ds", "saml", "xs", "a-1", "_p"]
URIS = ["urn:a", "urn:b", "http://example.com/?x=1;y=%20#", DS, "urn:oasis:names:tc:SAML:2.0:assertion"]
LOCALS = ["x", "y", "Assertion", "value", "a.b", "Z-9", "_"]
PIECES = [
    "text", " ", "\n", "\r\n", "\r", "\t", "&amp;", "&lt;", "&gt;", ">", "&quot;", "&apos;", "&#13;", "&#xD;",
    "&#10;", "&#9;", "&#x20;", "\u00e9", "\u6f22", "\U0001f600", "&#233;", "&#x1F600;", "\u00a0", "\u2028", "=", "/>",
    "[", "]", "-->", "&#xD;\n", "&#xA;\r", "\r&#65;", "\r\r\n",
]


class Element:
    """An element whose spelling is decided, so that it can be written within its document and by itself."""

    def __init__(self, rng, scope, depth, ids):
        self.rng_seed = rng.random()
        self.declared = {}
        for _ in range(rng.choice([0, 0, 1, 1, 2, 4])):
            prefix = rng.choice(PREFIXES)
            uri = rng.choice(URIS + [""]) if prefix == "" else rng.choice(URIS)
            self.declared[prefix] = uri
        self.scope = {**scope, **self.declared}
        bound = [prefix for prefix in self.scope if prefix]
        self.name = qname(rng.choice(["", *bound]), rng.choice(LOCALS))
        self.attributes = {}
        taken = set()
        for _ in range(rng.choice([0, 0, 1, 2, 3, 6])):
            prefix = rng.choice(["", "", "xml", *bound])
            local = rng.choice(["lang", "space"]) if prefix == "xml" else rng.choice(LOCALS)
            key = (self.scope.get(prefix, "xml") if prefix else None, local)
            if key not in taken:
                taken.add(key)
                self.attributes[qname(prefix, local)] = value(rng)
        self.id = f"e{len(ids)}"
        self.attributes["ID"] = self.id
        ids.append(self)
        self.children = []
        for _ in range(rng.choice([0, 1, 2, 3]) if depth else 0):
            self.children.append(text(rng))
            self.children.append(Element(rng, self.scope, depth - 1, ids))
        self.children.append(text(rng))

    def write(self, extra=()):
        """Writes the element, on which `extra` namespaces are declared as well."""
        rng = random.Random(self.rng_seed)
        items = [("xmlns" + (":" if p else "") + p, u) for p, u in {**dict(extra), **self.declared}.items()]
        items += self.attributes.items()
        rng.shuffle(items)
        out = ["<", self.name]
        for name, content in items:
            quote = rng.choice("\"'")
            content = content.replace(quote, "&#34;" if quote == '"' else "&#39;")
            out += [rng.choice([" ", "\n ", "\t"]), name, rng.choice(["=", " = "]), quote, content, quote]
        inner = "".join(child if isinstance(child, str) else child.write() for child in self.children)
        if inner or rng.random() < 0.5:
            out += [rng.choice(["", " ", "\n"]), ">", inner, "</", self.name, rng.choice(["", " "]), ">"]
        else:
            out += [rng.choice(["", " "]), "/>"]
        return "".join(out)

    def alone(self):
        """Writes the element as a document of its own."""
        return self.write({p: u for p, u in self.scope.items() if p or u}.items())


def qname(prefix, local):
    return f"{prefix}:{local}" if prefix else local


def value(rng):
    return "".join(rng.choice(PIECES) for _ in range(rng.choice([0, 1, 2, 5])))


def text(rng):
    # "]]>" may not stand in text.
    return value(rng).replace("]", "[")


def signature(rng):
    return f'<s:Signature xmlns:s="{DS}">{text(rng)}<s:SignedInfo/></s:Signature>'


def case(rng):
    """Returns an id, a prefix list and a document, and the document whose canonical form is wanted."""
    ids = []
    root = Element(rng, {}, rng.choice([0, 1, 2, 3]), ids)
    prefixes = rng.sample(["a", "b", "ds", "saml", "xs", "nowhere"], rng.choice([0, 0, 1, 3]))
    head = rng.choice(["", '<?xml version="1.0"?>', "<?xml version='1.0' encoding='UTF-8' ?>\r\n", "\n"])
    if rng.random() < 0.5:
        document = head + root.write() + rng.choice(["", "\n"])
        return "", prefixes, document, document
    apex = rng.choice(ids)
    wanted = apex.alone()
    if rng.random() < 0.5:
        apex.children.insert(rng.randrange(len(apex.children) + 1), signature(rng))
    return apex.id, prefixes, head + root.write(), wanted


def frame(part):
    octets = part.encode()
    return struct.pack(">I", len(octets)) + octets


def canonicalize(program, cases):
    """Returns what the program answers to each case: octets, or None if it refuses."""
    request = b"".join(frame(id) + frame(" ".join(prefixes)) + frame(document) for id, prefixes, document, _ in cases)
    answer = subprocess.run([program], input=request, stdout=subprocess.PIPE, check=True).stdout
    results, at = [], 0
    while at < len(answer):
        (length,) = struct.unpack_from(">I", answer, at)
        at += 4
        if length == REFUSED:
            results.append(None)
        else:
            results.append(answer[at : at + length])
            at += length
    return results


def expected(document, prefixes):
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(document.encode(), parser)
    return etree.tostring(
        root, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=prefixes or None
    )


@pytest.mark.skipif(PROGRAM is None, reason="LOCUM_C14N does not name the program")
def test_canonical_octets_are_those_of_libxml2():
    rng = random.Random(SEED)
    compared = 0
    for _ in range(0, DOCUMENTS, BATCH):
        cases = [case(rng) for _ in range(BATCH)]
        results = canonicalize(PROGRAM, cases)
        assert len(results) == len(cases)
        for (id, prefixes, document, wanted), result in zip(cases, results):
            assert result == expected(wanted, prefixes), (id, prefixes, document)
            compared += 1
    assert compared >= DOCUMENTS


@pytest.mark.skipif(PROGRAM is None, reason="LOCUM_C14N does not name the program")
@pytest.mark.parametrize(
    "document",
    [
        "<a xmlns='relative'/>",
        "<a xmlns:p='1'/>",
        "<a xmlns:p='urn:p&amp;q'/>",
        "<a><!-- comment --></a>",
        "<a><?target?></a>",
        "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
        "<a><![CDATA[text]]></a>",
        "<p:a/>",
        "<a></b>",
        "<a xmlns='urn:a' xmlns='urn:b'/>",
        "<a xmlns:p='urn:p' p:xmlns='urn:q'/>",
        "<a>&#xD800;</a>",
        "",
    ],
)
def test_what_has_no_canonical_form_is_refused(document):
    assert canonicalize(PROGRAM, [("", [], document, "")]) == [None]
