"""A copy of the store, made while the service runs, and a service that starts with it."""

import os
import re
import shutil
import signal
import stat
import threading
import time
import urllib.request

import pytest

from server import Server

BACKUP = "directory.redb.backup"


def back_up(server):
    """Asks for a copy and waits until it is there."""
    path = server.data / BACKUP
    before = path.stat().st_ino if path.exists() else None
    server.process.send_signal(signal.SIGUSR1)
    deadline = time.monotonic() + 30
    while not path.exists() or path.stat().st_ino == before:
        assert time.monotonic() < deadline, server.told()
        time.sleep(0.01)
    return path


def restored(backup, origin, directory):
    """A service on a data directory of its own: the copy, and the key and the first credentials of another."""
    data = directory / "data"
    data.mkdir(parents=True)
    shutil.copy(backup, data / "directory.redb")
    for name in ["kek", "credentials"]:
        shutil.copy(origin.data / name, data / name)
    return Server(directory)


def names(caller):
    return {user["UserName"] for user in caller.iam.list_users()["Users"]}


def test_a_backup_is_what_was_there_when_it_was_asked_for(tmp_path):
    server = Server(tmp_path / "one")
    server.root.iam.create_user(UserName="before")
    backup = back_up(server)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    server.root.iam.create_user(UserName="after")

    again = restored(backup, server, tmp_path / "two")
    assert names(again.root) == {"before"}
    assert names(server.root) == {"before", "after"}
    assert again.stop() == 0

    back_up(server)
    assert server.stop() == 0
    last = restored(backup, server, tmp_path / "three")
    assert names(last.root) == {"before", "after"}
    assert last.stop() == 0


def test_backups_under_load_are_whole(tmp_path):
    server = Server(tmp_path / "one")
    iam = server.root.iam
    stop = threading.Event()
    created = []

    def write():
        while not stop.is_set():
            name = f"user-{len(created)}"
            iam.create_user(UserName=name)
            created.append(name)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(created) < 5:
            time.sleep(0.01)
        acknowledged = set(created)
        backup = back_up(server)
        back_up(server)
    finally:
        stop.set()
        writer.join()
    # Even a service that is killed leaves the copy as it was.
    server.kill()
    again = restored(backup, server, tmp_path / "two")
    assert acknowledged <= names(again.root) <= set(created)
    assert again.stop() == 0


def test_what_is_in_the_way_is_told_and_harms_nothing(tmp_path):
    server = Server(tmp_path)
    os.mkdir(server.data / f"{BACKUP}.new")
    server.process.send_signal(signal.SIGUSR1)
    deadline = time.monotonic() + 30
    while "no backup was written" not in server.told():
        assert time.monotonic() < deadline, server.told()
        time.sleep(0.01)
    assert not (server.data / BACKUP).exists()
    assert server.root.sts.get_caller_identity()["Account"] == server.account
    os.rmdir(server.data / f"{BACKUP}.new")
    back_up(server)
    assert server.stop() == 0


def test_a_backup_is_sealed_and_needs_its_key(tmp_path):
    server = Server(tmp_path / "one")
    server.root.iam.create_user(UserName="somebody-in-particular")
    backup = back_up(server)
    assert b"somebody-in-particular" not in backup.read_bytes()
    other = Server(tmp_path / "two")
    assert other.stop() == 0
    with pytest.raises(AssertionError, match="key-encryption key"):
        restored(backup, other, tmp_path / "three")
    assert server.stop() == 0


def shown(server):
    """What `/metrics` says of backups."""
    address = next(line for line in server.told().splitlines() if "health and metrics" in line)
    port = re.search(r"127\.0\.0\.1:(\d+)", address).group(1)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return {name: int(value) for name, value in (line.rsplit(" ", 1) for line in lines if line.startswith("locum_backup"))}


def test_the_metrics_tell_of_backups(tmp_path):
    arguments = ("--admin-listen", "127.0.0.1:0")
    server = Server(tmp_path, *arguments, LOCUM_LOG="info")
    none = {
        'locum_backups_total{outcome="ok"}': 0,
        'locum_backups_total{outcome="failed"}': 0,
        "locum_backup_failing": 0,
        "locum_backup_last_timestamp_seconds": 0,
        "locum_backup_last_bytes": 0,
    }
    assert shown(server) == none

    def until(name, value):
        deadline = time.monotonic() + 30
        while shown(server)[name] != value:
            assert time.monotonic() < deadline, (shown(server), server.told())
            time.sleep(0.01)

    os.mkdir(server.data / f"{BACKUP}.new")
    server.process.send_signal(signal.SIGUSR1)
    until('locum_backups_total{outcome="failed"}', 1)
    assert shown(server) == {**none, 'locum_backups_total{outcome="failed"}': 1, "locum_backup_failing": 1}
    os.rmdir(server.data / f"{BACKUP}.new")
    backup = back_up(server)
    until('locum_backups_total{outcome="ok"}', 1)
    told = shown(server)
    assert told["locum_backup_failing"] == 0
    assert told["locum_backup_last_bytes"] == backup.stat().st_size
    assert abs(told["locum_backup_last_timestamp_seconds"] - time.time()) < 60
    assert server.stop() == 0

    server.log.unlink()
    again = Server(tmp_path, *arguments, LOCUM_LOG="info")
    assert shown(again)["locum_backup_last_timestamp_seconds"] == told["locum_backup_last_timestamp_seconds"]
    assert shown(again)['locum_backups_total{outcome="ok"}'] == 0
    assert again.stop() == 0
