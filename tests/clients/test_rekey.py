"""Another key-encryption key for a store that nobody serves, and a kill at any moment of the change."""

import os
import random
import secrets
import shutil
import stat
import subprocess
import time

import jwt
import pytest
import requests
from botocore.exceptions import ClientError

from server import BINARY, Caller, Server, clean_environment, run_locum
from test_backup import back_up, names, restored
from world import allow, make_user


def key_file(path):
    path.write_text(secrets.token_hex(32) + "\n")
    path.chmod(0o600)
    return path


def rekey(data, *arguments, home, **variables):
    return run_locum("rekey", "--data", data, *arguments, home=home, **variables)


def files(data):
    return {path.name for path in data.iterdir()}


@pytest.fixture
def stopped(tmp_path):
    """A service that has stopped, with a user, a session and a backup."""
    server = Server(tmp_path / "one")
    server.user = make_user(server.root)
    server.session = server.root.sts.get_session_token()["Credentials"]
    back_up(server)
    assert server.stop() == 0
    return server


def is_accepted(server, credentials):
    try:
        return Caller.of(server, credentials).sts.get_caller_identity()["Account"] == server.account
    except ClientError:
        return False


def test_a_key_of_the_directory_is_followed_by_another(stopped, tmp_path):
    data = stopped.data
    before, kek = files(data), (data / "kek").read_bytes()
    done = rekey(data, home=tmp_path)
    assert done.returncode == 0, done.stderr
    (former,) = files(data) - before
    assert former.startswith("kek.") and (data / former).read_bytes() == kek != (data / "kek").read_bytes()
    assert former in done.stderr and "directory.redb.backup is sealed under the key before" in done.stderr
    for name in ["kek", former, "directory.redb"]:
        assert stat.S_IMODE((data / name).stat().st_mode) == 0o600
    assert kek.decode().strip() not in done.stdout + done.stderr

    again = Server(tmp_path / "one")
    assert stopped.user.name in names(again.root)
    assert is_accepted(again, stopped.session), "sessions go on"
    # A backup opens with the key that it was made under, and that key is named.
    backup = data / "directory.redb.backup"
    with pytest.raises(AssertionError, match=f"wrong key.*{former.removeprefix('kek.')}"):
        restored(backup, again, tmp_path / "two")
    shutil.copy(data / former, tmp_path / "two/data/old")
    keys = ("--kek-file", tmp_path / "two/data/old", "--new-kek-file", tmp_path / "two/data/kek")
    assert rekey(tmp_path / "two/data", *keys, home=tmp_path).returncode == 0
    back_up(again)
    assert again.stop() == 0
    for of_before_or_after in [Server(tmp_path / "two"), restored(backup, again, tmp_path / "three")]:
        assert stopped.user.name in names(of_before_or_after.root)
        assert of_before_or_after.stop() == 0


def test_sessions_end_if_that_is_asked_for(stopped, tmp_path):
    done = rekey(stopped.data, "--end-sessions", home=tmp_path)
    assert done.returncode == 0, done.stderr
    again = Server(tmp_path / "one")
    assert not is_accepted(again, stopped.session)
    fresh = again.root.sts.get_session_token()["Credentials"]
    assert is_accepted(again, fresh)
    again.kill()
    last = Server(tmp_path / "one")
    assert is_accepted(last, fresh)
    assert last.stop() == 0


def token_and_keys(server, session):
    """A new web identity token, and the names of the keys that are published."""
    token = session.sts.get_web_identity_token(Audience=["a"], SigningAlgorithm="RS256")["WebIdentityToken"]
    issuer = jwt.decode(token, options={"verify_signature": False})["iss"]
    keys = requests.get(f"{issuer}/.well-known/jwks.json", timeout=30).json()["keys"]
    return token, {key["kid"]: jwt.PyJWK(key) for key in keys}


def is_signed(token, keys):
    key = keys.get(jwt.get_unverified_header(token)["kid"])
    if key is None:
        return False
    jwt.decode(token, key, algorithms=["RS256"], audience="a")
    return True


def test_signing_keys_are_made_anew_if_that_is_asked_for(tmp_path):
    server = Server(tmp_path / "one")
    server.root.iam.enable_outbound_web_identity_federation()
    user = make_user(server.root, allow("sts:GetWebIdentityToken"))
    session = user.sts.get_session_token()["Credentials"]
    token, keys = token_and_keys(server, user)
    assert is_signed(token, keys) and server.stop() == 0

    done = rekey(server.data, home=tmp_path)
    assert done.returncode == 0 and "token" not in done.stdout, done
    server = Server(tmp_path / "one")
    user = Caller.of(server, session)
    assert is_signed(token, token_and_keys(server, user)[1]), "nobody asked for others"
    assert server.stop() == 0

    done = rekey(server.data, "--new-signing-keys", home=tmp_path)
    assert done.returncode == 0 and "of 1 account are signed with new keys" in done.stdout, done
    server = Server(tmp_path / "one")
    user = Caller.of(server, session)
    after, others = token_and_keys(server, user)
    assert not set(others) & set(keys) and len(others) == len(keys), "no name stands for two keys"
    assert is_signed(after, others) and not is_signed(token, others)
    assert server.stop() == 0
    assert set(token_and_keys(server := Server(tmp_path / "one"), Caller.of(server, session))[1]) == set(others)
    assert server.stop() == 0


def test_keys_that_are_kept_elsewhere(stopped, tmp_path):
    data, first, second = stopped.data, key_file(tmp_path / "first"), key_file(tmp_path / "second")
    done = rekey(data, "--new-kek-file", first, home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "kek" not in files(data), "the key in the directory is no longer one that could be taken for the right one"
    with pytest.raises(AssertionError, match="kek is missing"):
        Server(tmp_path / "one")
    server = Server(tmp_path / "one", "--kek-file", first)
    assert server.stop() == 0

    done = rekey(data, LOCUM_KEK=first.read_text(), LOCUM_NEW_KEK=second.read_text(), home=tmp_path)
    assert done.returncode == 0, done.stderr
    server = Server(tmp_path / "one", LOCUM_KEK=second.read_text())
    assert stopped.user.name in names(server.root)
    assert server.stop() == 0

    # A link leads elsewhere, too: what follows the key does not come into the directory by itself.
    (data / "kek").symlink_to(second)
    done = rekey(data, home=tmp_path)
    assert done.returncode == 1 and "--new-kek-file" in done.stderr
    assert (data / "kek").is_symlink() and "kek.next" not in files(data)
    (data / "kek").unlink()

    # And back into the directory.
    shutil.copy(first, data / "kek")
    done = rekey(data, "--kek-file", second, "--new-kek-file", data / "kek", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert Server(tmp_path / "one").stop() == 0


def test_what_is_refused_changes_nothing(stopped, tmp_path):
    data, other = stopped.data, key_file(tmp_path / "other")
    readable = key_file(tmp_path / "readable")
    readable.chmod(0o644)
    (tmp_path / "empty").mkdir()
    before = {path.name: path.read_bytes() for path in data.iterdir() if path.name != "directory.redb"}
    for arguments, status, text in [
        ([], 2, "--data <dir> is required"),
        (["--data", data, "more"], 2, "locum rekey --help"),
        (["--data", tmp_path / "empty"], 1, "holds no store"),
        (["--data", tmp_path / "nowhere"], 1, "holds no store"),
        (["--data", data, "--kek-file", other], 1, "--new-kek-file"),
        (["--data", data, "--kek-file", other, "--new-kek-file", data / "kek"], 1, "wrong key"),
        (["--data", data, "--new-kek-file", data / "kek"], 1, "is the one in use"),
        (["--data", data, "--new-kek-file", readable], 1, "chmod 600"),
        (["--data", data, "--new-kek-file", tmp_path / "none"], 1, "cannot read"),
    ]:
        done = run_locum("rekey", *arguments, home=tmp_path)
        assert (done.returncode, done.stdout) == (status, ""), (arguments, done)
        assert done.stderr.count("\n") == 1 and text in done.stderr, done.stderr
    after = {path.name: path.read_bytes() for path in data.iterdir() if path.name != "directory.redb"}
    assert after == before and not files(tmp_path / "empty") and not (tmp_path / "nowhere").exists()

    # A key that is none of the store's leaves no copy of itself, and no other.
    (data / "kek").rename(tmp_path / "right")
    shutil.copy(other, data / "kek")
    there = files(data)
    for arguments in [], ["--new-kek-file", tmp_path / "right"]:
        done = rekey(data, *arguments, home=tmp_path)
        assert done.returncode == 1 and "wrong key" in done.stderr and files(data) == there, done
    (tmp_path / "right").replace(data / "kek")

    server = Server(tmp_path / "one")
    done = rekey(data, home=tmp_path)
    assert done.returncode == 1 and "is in use by another process" in done.stderr
    assert server.stop() == 0


def test_a_key_that_cannot_be_replaced_is_found_before_the_store_is(stopped, tmp_path):
    """As where a container's engine mounts it."""
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-rm", "true"], check=False).returncode != 0:
        pytest.skip("this system lets nobody mount")
    data, key, other = stopped.data, tmp_path / "mounted", key_file(tmp_path / "other")
    (data / "kek").rename(key)
    (data / "kek").touch(0o600)
    before = files(data)
    script = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'
    mounted = ["unshare", "-rm", "sh", "-c", script, "sh", key, data / "kek"]
    for arguments in [], ["--new-kek-file", other]:
        done = subprocess.run(
            [*mounted, BINARY, "rekey", "--data", data, *arguments],
            env=clean_environment(tmp_path),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stdout) == (1, "") and "cannot replace the key" in done.stderr, done
        assert files(data) == before
    (data / "kek").unlink()
    server = Server(tmp_path / "one", "--kek-file", key)
    assert stopped.user.name in names(server.root)
    assert server.stop() == 0


def test_a_change_that_was_cut_off_between_store_and_key_is_brought_to_its_end(stopped, tmp_path):
    """The moment after the store was replaced and before the key was."""
    data = stopped.data
    old = (data / "kek").read_bytes()
    assert rekey(data, home=tmp_path).returncode == 0
    (former,) = [name for name in files(data) if name.startswith("kek.")]
    new = (data / "kek").read_bytes()
    for finish in [lambda: Server(tmp_path / "one").stop(), lambda: rekey(data, home=tmp_path).returncode]:
        (data / "kek").rename(data / "kek.next")
        new = (data / "kek.next").read_bytes()
        (data / former).rename(data / "kek")
        assert finish() == 0
        assert (data / former).read_bytes() == old and "kek.next" not in files(data)
        current = (data / "kek").read_bytes()
        known = [path.read_bytes() for path in data.glob("kek*")]
        assert new in known and current != old
        for path in data.glob("kek.*"):
            if path.name != former:
                path.unlink()
    server = Server(tmp_path / "one")
    assert stopped.user.name in names(server.root)
    assert server.stop() == 0
    # A key that was prepared and never used changes nothing.
    key_file(data / "kek.next")
    current = (data / "kek").read_bytes()
    assert Server(tmp_path / "one").stop() == 0
    assert (data / "kek").read_bytes() == current


def test_a_store_that_was_put_aside_after_a_change_was_cut_off_keeps_its_key(stopped, tmp_path):
    data = stopped.data
    assert rekey(data, home=tmp_path).returncode == 0
    (former,) = [name for name in files(data) if name.startswith("kek.")]
    new = (data / "kek").read_bytes()
    # Cut off, and instead of a start that goes on from there somebody restores a backup of before.
    (data / "kek").rename(data / "kek.next")
    (data / former).rename(data / "kek")
    (data / "directory.redb").rename(tmp_path / "aside")
    (data / "directory.redb.backup").rename(data / "directory.redb")
    assert Server(tmp_path / "one").stop() == 0
    assert rekey(data, home=tmp_path).returncode == 0
    (key,) = [path for path in data.glob("kek.*") if path.read_bytes() == new]
    (tmp_path / "two/data").mkdir(parents=True, mode=0o700)
    (tmp_path / "aside").rename(tmp_path / "two/data/directory.redb")
    shutil.copy(data / "credentials", tmp_path / "two/data/credentials")
    server = Server(tmp_path / "two", "--kek-file", key)
    assert stopped.user.name in names(server.root)
    assert server.stop() == 0


def test_a_kill_at_any_moment_leaves_a_service_that_starts(stopped, tmp_path):
    data = stopped.data
    began = time.monotonic()
    assert rekey(data, home=tmp_path).returncode == 0
    takes = time.monotonic() - began
    killed = 0
    for _ in range(12):
        process = subprocess.Popen(
            [BINARY, "rekey", "--data", data],
            env=clean_environment(tmp_path),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(random.uniform(0, takes))
        process.kill()
        killed += process.wait() != 0
        server = Server(tmp_path / "one")
        assert stopped.user.name in names(server.root)
        assert is_accepted(server, stopped.session)
        assert server.stop() == 0
        assert not [name for name in files(data) if name.endswith(".new")], os.listdir(data)
    assert killed, "no kill came in time"
