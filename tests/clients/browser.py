"""A browser of a few lines, for `BROWSER`: it opens the page, follows where it is sent, and fills in what it meets.

It fills in by name: a person would log in as LOCUM_TEST_USER and agree to everything. What it ends at goes to the file
LOCUM_TEST_PAGE.
"""

import html
import json
import os
import re
import sys
import time
from urllib.parse import urljoin

import requests

FORM = re.compile(r"<form[^>]*>.*?</form>", re.S)
INPUT = re.compile(r"<input[^>]*>")


def attribute(tag, name):
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else None


def filled_in(page):
    """The form of a page and what a person would put into it; None when there is none."""
    if not (form := FORM.search(page.text)):
        return None
    head = form[0].split(">")[0]
    values = {}
    for tag in INPUT.findall(form[0]):
        if name := attribute(tag, "name"):
            values[name] = attribute(tag, "value") or ""
    for name, value in (("login", os.environ.get("LOCUM_TEST_USER", "alice")), ("password", "any")):
        if name in values:
            values[name] = value
    return attribute(head, "method") or "get", urljoin(page.url, attribute(head, "action") or page.url), values


def visit(url):
    browser = requests.Session()
    browser.trust_env = False
    page = browser.get(url, timeout=30)
    for _ in range(10):
        form = filled_in(page)
        if form is None:
            break
        method, target, values = form
        page = browser.request(method.upper(), target, data=values, timeout=30)
    return page


def ended_at(path, timeout=60):
    """The page that a browser ended at; it may still be on its way when the program that opened it has ended."""
    deadline = time.monotonic() + timeout
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    return json.loads(path.read_text())


if __name__ == "__main__":
    found = visit(sys.argv[1])
    if page := os.environ.get("LOCUM_TEST_PAGE"):
        with open(f"{page}.new", "w") as file:
            json.dump({"opened": sys.argv[1], "status": found.status_code, "headers": dict(found.headers), "text": found.text}, file)
        os.replace(f"{page}.new", page)
