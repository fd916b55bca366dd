"""Requests below the SDK: signed by botocore's signer, sent as they are, answered as they come."""

import http.client
import urllib.parse
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from server import REGION

FORM = "application/x-www-form-urlencoded; charset=utf-8"
STS = "https://sts.amazonaws.com/doc/2011-06-15/"


@dataclass
class Answer:
    status: int
    headers: dict
    text: str

    def find(self, name, namespace=STS):
        """The text of the first element of this name."""
        found = ElementTree.fromstring(self.text).find(f".//{{{namespace}}}{name}")
        return None if found is None else found.text

    @property
    def error(self):
        return self.find("Code"), self.find("Message")


def sign(caller, method, target, body="", headers=None, service="sts", region=REGION):
    """The headers of a signed request."""
    request = AWSRequest(method, caller.server.url + target, headers=dict(headers or {}), data=body)
    keys = Credentials(caller.access_key_id, caller.secret_access_key, caller.session_token)
    SigV4Auth(keys, service, region).add_auth(request)
    return dict(request.headers.items())


def send(server, method, target, body="", headers=None):
    """Sends exactly this and returns the answer."""
    connection = http.client.HTTPConnection(server.host_and_port, timeout=10)
    try:
        connection.request(method, target, body=body or None, headers=headers or {})
        response = connection.getresponse()
        text = response.read().decode()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, text)
    finally:
        connection.close()


def post(caller, parameters, headers=None, **signing):
    """A signed POST form."""
    body = parameters if isinstance(parameters, str) else urllib.parse.urlencode(parameters)
    headers = {"Content-Type": FORM, **(headers or {})}
    return send(caller.server, "POST", "/", body, sign(caller, "POST", "/", body, headers, **signing))


def get(caller, parameters, headers=None, **signing):
    """A signed GET with a query string."""
    target = "/?" + urllib.parse.urlencode(parameters)
    return send(caller.server, "GET", target, "", sign(caller, "GET", target, "", headers, **signing))


WHO = {"Action": "GetCallerIdentity", "Version": "2011-06-15"}
