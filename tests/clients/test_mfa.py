"""MFA as a second factor, with codes of another implementation (facts: sts §5)."""

import base64
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from authenticators import STEP, Authenticator, scan
from commands import run
from server import Caller
from world import allow, assume, make_role, make_user, refused, trusting, unique

WRONG = "MultiFactorAuthentication failed with invalid MFA one time pass code. "
STRANGE = (
    "MultiFactorAuthentication failed, unable to validate MFA code.  "
    "Please verify your MFA serial number is valid and associated with this user."
)
PRESENT = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
ABSENT = {"Bool": {"aws:MultiFactorAuthPresent": "false"}}
NO_KEY = {"Null": {"aws:MultiFactorAuthPresent": "true"}}


def make_device(root, path="/"):
    """A virtual device that nobody has yet: its serial number and its authenticator."""
    device = root.iam.create_virtual_mfa_device(VirtualMFADeviceName=unique("device"), Path=path)["VirtualMFADevice"]
    return device["SerialNumber"], Authenticator(device["Base32StringSeed"].decode())


def enable(root, user_name, serial, authenticator):
    first, second = authenticator.pair()
    root.iam.enable_mfa_device(UserName=user_name, SerialNumber=serial, AuthenticationCode1=first, AuthenticationCode2=second)


class Protected:
    """A user with a device."""

    def __init__(self, root, *statements):
        self.user = make_user(root, *statements)
        self.serial, self.authenticator = make_device(root)
        enable(root, self.user.name, self.serial, self.authenticator)

    @property
    def sts(self):
        return self.user.sts

    def session(self, **parameters):
        answer = self.sts.get_session_token(SerialNumber=self.serial, TokenCode=self.authenticator.code(), **parameters)
        return Caller.of(self.user.caller.server, answer["Credentials"])


@pytest.fixture
def alice(root):
    return Protected(root, allow("*"))


def test_a_picture_that_a_telephone_reads(root, account):
    name = unique("telephone")
    made = root.iam.create_virtual_mfa_device(VirtualMFADeviceName=name, Path="/staff/")["VirtualMFADevice"]
    assert made["SerialNumber"] == f"arn:aws:iam::{account}:mfa/staff/{name}"
    seed = made["Base32StringSeed"].decode()
    assert re.fullmatch("[A-Z2-7]{64}", seed)
    uri = scan(made["QRCodePNG"])
    parts = urlsplit(uri)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert re.match(rf"{name}@\w+", unquote(parts.path.lstrip("/"))), uri
    assert parse_qs(parts.query)["secret"] == [seed]
    # No two devices share a seed.
    other = root.iam.create_virtual_mfa_device(VirtualMFADeviceName=unique("telephone"))["VirtualMFADevice"]
    assert other["Base32StringSeed"] != made["Base32StringSeed"]


def test_life(root, account):
    user = make_user(root)
    serial, authenticator = make_device(root, "/staff/")
    name = serial.rsplit("/", 1)[1]
    with refused("EntityAlreadyExists", status=409):
        root.iam.create_virtual_mfa_device(VirtualMFADeviceName=name, Path="/staff/")
    listed = root.iam.list_virtual_mfa_devices
    assert serial in [each["SerialNumber"] for each in listed(AssignmentStatus="Unassigned")["VirtualMFADevices"]]
    first, second = authenticator.pair()
    for codes in ((second, first), (first, first), ("000000", second)):
        with refused("InvalidAuthenticationCode", status=403):
            root.iam.enable_mfa_device(
                UserName=user.name, SerialNumber=serial, AuthenticationCode1=codes[0], AuthenticationCode2=codes[1]
            )
    enable(root, user.name, serial, authenticator)
    [device] = root.iam.list_mfa_devices(UserName=user.name)["MFADevices"]
    assert (device["SerialNumber"], device["UserName"]) == (serial, user.name)
    assert root.iam.get_mfa_device(SerialNumber=serial, UserName=user.name)["SerialNumber"] == serial
    [shown] = [each for each in listed(AssignmentStatus="Assigned")["VirtualMFADevices"] if each["SerialNumber"] == serial]
    assert shown["User"]["UserName"] == user.name and shown["EnableDate"] == device["EnableDate"]
    # The seed was shown once.
    assert not shown.get("Base32StringSeed") and not shown.get("QRCodePNG")

    root.iam.tag_mfa_device(SerialNumber=serial, Tags=[{"Key": "team", "Value": "blue"}])
    assert root.iam.list_mfa_device_tags(SerialNumber=serial)["Tags"] == [{"Key": "team", "Value": "blue"}]
    root.iam.untag_mfa_device(SerialNumber=serial, TagKeys=["team"])
    assert root.iam.list_mfa_device_tags(SerialNumber=serial)["Tags"] == []

    with refused("DeleteConflict", status=409):
        root.iam.delete_virtual_mfa_device(SerialNumber=serial)
    for key in root.iam.list_access_keys(UserName=user.name)["AccessKeyMetadata"]:
        root.iam.delete_access_key(UserName=user.name, AccessKeyId=key["AccessKeyId"])
    with refused("DeleteConflict", status=409):
        root.iam.delete_user(UserName=user.name)
    root.iam.deactivate_mfa_device(UserName=user.name, SerialNumber=serial)
    assert root.iam.list_mfa_devices(UserName=user.name)["MFADevices"] == []
    root.iam.delete_virtual_mfa_device(SerialNumber=serial)
    root.iam.delete_user(UserName=user.name)
    with refused("NoSuchEntity", status=404):
        root.iam.delete_virtual_mfa_device(SerialNumber=serial)


def test_assume_role(root, alice):
    role = make_role(root, trusting(alice.user.arn, condition=PRESENT), allow("*"))
    with refused("AccessDenied", status=403):
        assume(alice.user, role)
    session = assume(alice.user, role, SerialNumber=alice.serial, TokenCode=alice.authenticator.code())
    assert session.arn.endswith(f":assumed-role/{role.name}/session")
    # The second factor was the user's; the role session has none (facts: sts §2.4).
    onward = make_role(root, trusting(role.arn, condition=PRESENT))
    with refused("AccessDenied", status=403):
        assume(session, onward)


def test_age(root, alice):
    young = {"NumericLessThan": {"aws:MultiFactorAuthAge": "60"}}
    old = {"NumericGreaterThan": {"aws:MultiFactorAuthAge": "60"}}
    session = alice.session()
    assert assume(session, make_role(root, trusting(alice.user.arn, condition=young)))
    with refused("AccessDenied", status=403):
        assume(session, make_role(root, trusting(alice.user.arn, condition=old)))
    # Without a second factor there is no age, and what compares with it does not match.
    plain = Caller.of(alice.user.caller.server, alice.sts.get_session_token()["Credentials"])
    for condition in (young, old):
        with refused("AccessDenied", status=403):
            assume(plain, make_role(root, trusting(alice.user.arn, condition=condition)))


def test_session_token(root, alice):
    """Only with a second factor may the session call IAM (facts: sts §7.1)."""
    plain = Caller.of(alice.user.caller.server, alice.sts.get_session_token()["Credentials"])
    with refused("InvalidClientTokenId", status=403):
        plain.iam.list_users()
    session = alice.session(DurationSeconds=900)
    session.iam.list_users()
    assert session.arn == alice.user.arn


def test_the_condition_key(root):
    """Absent for long-term keys, true or false for temporary credentials (facts: sts §4.3)."""
    user = Protected(root, allow("sts:*"))
    roles = {
        name: make_role(root, trusting(user.user.arn, condition=condition))
        for name, condition in (("present", PRESENT), ("false", ABSENT), ("no key", NO_KEY))
    }

    def opened(caller):
        found = set()
        for name, role in roles.items():
            try:
                assume(caller, role)
                found.add(name)
            except caller.sts.exceptions.ClientError as error:
                assert error.response["Error"]["Code"] == "AccessDenied"
        return found

    assert opened(user.user.caller) == {"no key"}
    assert opened(Caller.of(user.user.caller.server, user.sts.get_session_token()["Credentials"])) == {"false"}
    assert opened(user.session()) == {"present"}


def test_a_code_works_once(root, alice):
    role = make_role(root, trusting(alice.user.arn))
    code = alice.authenticator.code()
    assert alice.sts.get_session_token(SerialNumber=alice.serial, TokenCode=code)
    for call in (
        lambda: alice.sts.get_session_token(SerialNumber=alice.serial, TokenCode=code),
        lambda: assume(alice.user, role, SerialNumber=alice.serial, TokenCode=code),
    ):
        with refused("AccessDenied", WRONG, 403):
            call()
    # Nor does an older one, though nobody has used it.
    with refused("AccessDenied", WRONG, 403):
        older = alice.authenticator.at_step(alice.authenticator.last - 1)
        alice.sts.get_session_token(SerialNumber=alice.serial, TokenCode=older)
    assert alice.session().arn


def test_a_code_is_used_up_by_a_denied_call(root, alice):
    role = make_role(root, trusting(make_user(root).arn))
    code = alice.authenticator.code()
    with refused("AccessDenied", status=403):
        assume(alice.user, role, SerialNumber=alice.serial, TokenCode=code)
    with refused("AccessDenied", WRONG, 403):
        alice.sts.get_session_token(SerialNumber=alice.serial, TokenCode=code)


def test_one_code_many_calls(alice):
    """However many ask at once with one code, one gets an answer."""
    code = alice.authenticator.code()
    clients = [alice.user.caller.client("sts") for _ in range(16)]

    def ask(client):
        try:
            client.get_session_token(SerialNumber=alice.serial, TokenCode=code)
            return "granted"
        except client.exceptions.ClientError as error:
            return error.response["Error"]["Message"]

    with ThreadPoolExecutor(len(clients)) as pool:
        told = list(pool.map(ask, clients))
    assert (told.count("granted"), told.count(WRONG)) == (1, len(clients) - 1), told


@pytest.mark.parametrize("spelled", [" {}", "{} ", "{}\n", "{:.3} {:.3}"])
def test_a_code_has_one_spelling(alice, spelled):
    code = alice.authenticator.code()
    text = f"{code[:3]} {code[3:]}" if spelled.startswith("{:.3}") else spelled.format(code)
    with refused(("AccessDenied", "ValidationError")):
        alice.user.caller.unchecked.get_session_token(SerialNumber=alice.serial, TokenCode=text)
    # Digits of other scripts have six characters too, and are none of the device's.
    for zero in ("٠", "０"):
        foreign = "".join(chr(ord(zero) + int(digit)) for digit in code)
        with refused(("AccessDenied", "ValidationError")):
            alice.user.caller.unchecked.get_session_token(SerialNumber=alice.serial, TokenCode=foreign)
    assert alice.sts.get_session_token(SerialNumber=alice.serial, TokenCode=code)


def test_whose_device(root, alice):
    bob = Protected(root, allow("*"))
    unused, authenticator = make_device(root)
    absent = re.sub("mfa/.*", "mfa/absent", alice.serial)
    for serial, code in ((bob.serial, bob.authenticator.code()), (unused, authenticator.code()), (absent, "123456")):
        with refused("AccessDenied", STRANGE, 403):
            alice.sts.get_session_token(SerialNumber=serial, TokenCode=code)
    both = "^MultiFactorAuthentication failed, must provide both MFA serial number"
    for half in ({"SerialNumber": alice.serial}, {"TokenCode": "123456"}):
        with refused("AccessDenied", status=403, matching=both):
            alice.sts.get_session_token(**half)


def test_too_many_wrong_codes_lock_the_device(root):
    carol = Protected(root, allow("*"))
    good = carol.authenticator.code()
    wrong = f"{(int(good) + 1) % 1_000_000:06}"
    for _ in range(12):
        with refused("AccessDenied", WRONG, 403):
            carol.sts.get_session_token(SerialNumber=carol.serial, TokenCode=wrong)
    with refused("AccessDenied", WRONG, 403):
        carol.sts.get_session_token(SerialNumber=carol.serial, TokenCode=good)


def test_resync(root):
    """A device whose clock went wrong is found by two codes in a row."""
    dave = Protected(root, allow("*"))
    steps = int(time.time()) // STEP + 10
    ahead = dave.authenticator.at_step
    with refused("AccessDenied", WRONG, 403):
        dave.sts.get_session_token(SerialNumber=dave.serial, TokenCode=ahead(steps))
    codes = {"AuthenticationCode1": ahead(steps), "AuthenticationCode2": ahead(steps + 1)}
    root.iam.resync_mfa_device(UserName=dave.user.name, SerialNumber=dave.serial, **codes)
    assert dave.sts.get_session_token(SerialNumber=dave.serial, TokenCode=ahead(steps + 2))
    with refused("AccessDenied", WRONG, 403):
        dave.sts.get_session_token(SerialNumber=dave.serial, TokenCode=ahead(steps + 2))


def test_the_policy_that_everybody_copies(root):
    """Without a second factor nothing but getting one."""
    unless = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
    first = {"Effect": "Deny", "NotAction": ["sts:GetSessionToken"], "Resource": "*", "Condition": unless}
    erin = Protected(root, allow("*"), first)
    plain = Caller.of(root.server, erin.sts.get_session_token()["Credentials"])
    role = make_role(root, trusting(erin.user.arn))
    with refused("AccessDenied", status=403):
        assume(plain, role)
    with refused("AccessDenied", status=403):
        erin.user.iam.list_users()
    erin.session().iam.list_users()


def test_root_has_a_second_factor_too(root, server):
    serial, authenticator = make_device(root)
    enable(root, "root", serial, authenticator)
    try:
        answer = root.sts.get_session_token(SerialNumber=serial, TokenCode=authenticator.code())
        session = Caller.of(server, answer["Credentials"])
        assert session.arn == root.arn and "Users" in session.iam.list_users()
    finally:
        root.iam.deactivate_mfa_device(SerialNumber=serial)
        root.iam.delete_virtual_mfa_device(SerialNumber=serial)


@pytest.mark.parametrize("program", ["v1", "v2"])
def test_commands(root, tmp_path, program):
    """From the picture in a file to a call with a second factor, with the unmodified command."""
    user = make_user(root, allow("*"))
    name = unique(f"device-{program}")

    def aws(*words, caller=root):
        done = run(program, *words, "--output", "json", home=tmp_path, caller=caller)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    create = ["iam", "create-virtual-mfa-device", "--virtual-mfa-device-name", name]
    serial = aws(*create, "--outfile", "qr.png", "--bootstrap-method", "QRCodePNG")["VirtualMFADevice"]["SerialNumber"]
    seed = parse_qs(urlsplit(scan((tmp_path / "qr.png").read_bytes())).query)["secret"][0]
    authenticator = Authenticator(seed)
    first, second = authenticator.pair()
    codes = ["--authentication-code1", first, "--authentication-code2", second]
    aws("iam", "enable-mfa-device", "--user-name", user.name, "--serial-number", serial, *codes)
    role = make_role(root, trusting(user.arn, condition=PRESENT))
    words = f"sts assume-role --role-arn {role.arn} --role-session-name {program} --serial-number {serial}"
    answer = aws(*words.split(), "--token-code", authenticator.code(), caller=user.caller)
    assert answer["AssumedRoleUser"]["Arn"].endswith(f"/{role.name}/{program}")
    words = f"sts get-session-token --serial-number {serial} --token-code {authenticator.code()}"
    session = Caller.of(root.server, aws(*words.split(), caller=user.caller)["Credentials"])
    assert serial in [each["SerialNumber"] for each in aws("iam", "list-mfa-devices", caller=session)["MFADevices"]]


def test_the_seed_as_text(root, tmp_path):
    name = unique("seed")
    done = run(
        "v1", "iam", "create-virtual-mfa-device", "--virtual-mfa-device-name", name, "--outfile", "seed",
        "--bootstrap-method", "Base32StringSeed", home=tmp_path, caller=root,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(base64.b32decode((tmp_path / "seed").read_bytes())) == 40
