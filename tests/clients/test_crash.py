"""kill -9 in a stream of writes: whoever was told that a user exists finds that user after the restart."""

import random
import threading
import time

from botocore.exceptions import BotoCoreError, ClientError

from server import Caller, Server

ROUNDS = 5
WRITERS = 4


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
