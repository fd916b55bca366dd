"""kill -9 in a stream of writes: whoever was told that a user exists finds that user after the restart."""

import enum
import itertools
import json
import random
import shutil
import signal
import threading
import time
from http.client import HTTPException

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from server import Caller, Server
from wire import send, sign

ROUNDS = 5
WRITERS = 4
TRANSACTION = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Locum_20261122.ApplyTransaction"}


class Fate(enum.Enum):
    """What an answer told of something, if there was one."""

    THERE = 1
    GONE = 2
    UNKNOWN = 3


def write_until_it_dies(caller, prefix, acknowledged):
    iam = Caller(caller.server, caller.access_key_id, caller.secret_access_key).iam
    number = 0
    while True:
        name = f"{prefix}-{number}"
        try:
            made = iam.create_user(UserName=name)["User"]
        except (BotoCoreError, ClientError):
            return
        acknowledged[name] = made["UserId"]
        number += 1


def test_no_acknowledged_write_is_lost(tmp_path):
    acknowledged = {}
    root_key = None
    for round_number in range(ROUNDS):
        server = Server(tmp_path)
        assert root_key in (None, server.root.access_key_id), "a restart made a new root key"
        root_key = server.root.access_key_id
        before = len(acknowledged)
        writers = [
            threading.Thread(target=write_until_it_dies, args=(server.root, f"round{round_number}-{writer}", acknowledged))
            for writer in range(WRITERS)
        ]
        for writer in writers:
            writer.start()
        deadline = time.monotonic() + 20
        while len(acknowledged) - before < 5 and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(random.uniform(0.0, 0.5))
        server.kill()
        for writer in writers:
            writer.join(timeout=60)
            assert not writer.is_alive()
        assert len(acknowledged) - before >= 5, "too few writes were acknowledged before the kill"

        server = Server(tmp_path)
        pages = server.root.iam.get_paginator("list_users").paginate()
        found = {user["UserName"]: user["UserId"] for page in pages for user in page["Users"]}
        lost = {name: made for name, made in acknowledged.items() if found.get(name) != made}
        assert not lost, f"{len(lost)} of {len(acknowledged)} acknowledged users are gone: {sorted(lost)[:5]}"
        server.kill()


def test_sessions_outlive_a_crash(tmp_path):
    """The keys that seal sessions are on disk before the first session is."""
    server = Server(tmp_path)
    session = server.root.sts.get_session_token()["Credentials"]
    server.kill()
    server = Server(tmp_path)
    assert Caller.of(server, session).sts.get_caller_identity()["Arn"].endswith(":root")
    assert server.stop() == 0


def users_that_come_and_go(caller, prefix, known):
    iam = caller.iam
    for number in itertools.count():
        name = f"{prefix}-{number}"
        known[name] = Fate.UNKNOWN
        iam.create_user(UserName=name)
        known[name] = Fate.THERE
        if number % 2:
            known[name] = Fate.UNKNOWN
            iam.delete_user(UserName=name)
            known[name] = Fate.GONE


def users_of_one_transaction(caller, prefix, known):
    for number in itertools.count():
        names = [f"{prefix}-{number}-{part}" for part in "abc"]
        known[tuple(names)] = Fate.UNKNOWN
        requests = [{"Service": "iam", "Action": "CreateUser", "Parameters": {"UserName": name}} for name in names]
        body = json.dumps({"Requests": requests})
        answer = send(caller.server, "POST", "/", body, sign(caller, "POST", "/", body, TRANSACTION, service="locum"))
        if answer.status != 200:
            return
        known[tuple(names)] = Fate.THERE


def keys_that_are_made_inactive(caller, prefix, known):
    iam = caller.iam
    for number in itertools.count():
        name = f"{prefix}-{number}"
        iam.create_user(UserName=name)
        key = iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
        iam.update_access_key(UserName=name, AccessKeyId=key, Status="Inactive")
        known[name] = Fate.THERE


def as_long_as_it_lives(work, server, prefix, known):
    caller = Caller(server, server.root.access_key_id, server.root.secret_access_key)
    try:
        work(caller, prefix, known)
    except (BotoCoreError, ClientError, OSError, HTTPException):
        pass


@pytest.mark.parametrize("copies", [False, True], ids=["alone", "while a copy is written"])
def test_what_was_begun_is_whole_or_not_there(tmp_path, copies):
    """Of users, transactions and keys: what was answered holds, and of the rest there is all or nothing."""
    works = [users_that_come_and_go, users_of_one_transaction, keys_that_are_made_inactive]
    fates = {work: {} for work in works}
    for round_number in range(3):
        server = Server(tmp_path / "one")
        threads = [
            threading.Thread(target=as_long_as_it_lives, args=(work, server, f"{round_number}-{place}", fates[work]))
            for place, work in enumerate(works * 2)
        ]
        for thread in threads:
            thread.start()
        end = time.monotonic() + random.uniform(0.5, 1.5)
        while time.monotonic() < end:
            if copies:
                server.process.send_signal(signal.SIGUSR1)
            time.sleep(0.02)
        server.kill()
        for thread in threads:
            thread.join(timeout=60)
            assert not thread.is_alive()
    assert all(Fate.THERE in known.values() for known in fates.values()), "too little was answered"

    servers = [Server(tmp_path / "one")]
    check(servers[0].root, fates, is_last=True)
    if copies:
        # The last one that was whole. What came after it is not in it, and what is in it is whole too.
        backup = servers[0].data / "directory.redb.backup"
        data = tmp_path / "two" / "data"
        data.mkdir(parents=True)
        shutil.copy(backup, data / "directory.redb")
        for name in ["kek", "credentials"]:
            shutil.copy(servers[0].data / name, data / name)
        servers.append(Server(tmp_path / "two"))
        check(servers[1].root, fates, is_last=False)
    for server in servers:
        assert server.stop() == 0


def check(root, fates, is_last):
    pages = root.iam.get_paginator("list_users").paginate()
    found = {user["UserName"] for page in pages for user in page["Users"]}
    for name, fate in fates[users_that_come_and_go].items():
        if is_last and fate != Fate.UNKNOWN:
            assert (name in found) == (fate == Fate.THERE), (name, fate)
    for names, fate in fates[users_of_one_transaction].items():
        there = [name in found for name in names]
        assert all(there) or not any(there), names
        assert all(there) or fate == Fate.UNKNOWN or not is_last, names
    for name in fates[keys_that_are_made_inactive]:
        if is_last:
            statuses = [key["Status"] for key in root.iam.list_access_keys(UserName=name)["AccessKeyMetadata"]]
            assert statuses == ["Inactive"], name
