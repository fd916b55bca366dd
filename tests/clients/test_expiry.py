"""An expired session, without waiting for it: the server runs again on the same data with a later clock.

The clock is moved by a preloaded library of a few lines, compiled here; the shortest session lives 15 minutes.
"""

import datetime
import shutil
import subprocess

import botocore.auth
import pytest

from server import Caller, Server
from wire import WHO, post
from world import allow, make_role, make_user, trusting

LATER = 901
SHIFT = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, now);
    const char *shift = getenv("CLOCK_SHIFT_SECONDS");
    if (clock == CLOCK_REALTIME && shift) now->tv_sec += atol(shift);
    return result;
}
"""


@pytest.fixture
def later_clock(tmp_path):
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler to build the clock with")
    source, library = tmp_path / "clock.c", tmp_path / "clock.so"
    source.write_text(SHIFT)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return {"LD_PRELOAD": str(library), "CLOCK_SHIFT_SECONDS": str(LATER)}


def test_expired_session(tmp_path, later_clock, monkeypatch):
    server = Server(tmp_path)
    try:
        user = make_user(server.root, allow("*"))
        role = make_role(server.root, trusting(user.arn))
        short = user.sts.assume_role(RoleArn=role.arn, RoleSessionName="short", DurationSeconds=900)["Credentials"]
        long = user.sts.assume_role(RoleArn=role.arn, RoleSessionName="long", DurationSeconds=1800)["Credentials"]
    finally:
        assert server.stop() == 0

    again = Server(tmp_path, **later_clock)
    try:
        real = botocore.auth.get_current_datetime
        shift = datetime.timedelta(seconds=LATER)
        monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *a, **k: real(*a, **k) + shift)
        expired = (403, "ExpiredToken", "The security token included in the request is expired")
        answer = post(Caller.of(again, short), WHO)
        assert (answer.status, *answer.error) == expired
        # The recorded precedence (facts: sts §1.6): expiry is told even with a bad signature, and when the role is gone.
        answer = post(Caller.of(again, {**short, "SecretAccessKey": "x" * 40}), WHO)
        assert (answer.status, *answer.error) == expired
        assert post(Caller.of(again, long), WHO).status == 200
        again.root.iam.delete_role(RoleName=role.name)
        answer = post(Caller.of(again, short), WHO)
        assert (answer.status, *answer.error) == expired
        answer = post(Caller.of(again, long), WHO)
        assert (answer.status, answer.error[0]) == (403, "InvalidClientTokenId")
    finally:
        assert again.stop() == 0
