use super::phone::{ALLOW_ALL, INVALID_CODE, INVALID_PAIR, Phone, TRUST_ACCOUNT, UNABLE, assume};
use crate::harness::{Credentials, World};

/// A world, Alice with a phone, and a role that she may assume.
fn scene() -> (World, Credentials, Phone, String) {
    let world = World::new();
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    let phone = Phone::of_user(&world, "alice");
    let role = world.role(&world.root, "worker", TRUST_ACCOUNT, Some(ALLOW_ALL));
    (world, alice, phone, role)
}

#[test]
fn a_code_opens_a_session_once() {
    let (world, alice, phone, _) = scene();
    let code = phone.shows(&world, 0);
    let session = phone.sign_in(&world, &alice, &code).credentials();
    let who = world.sts(&session, "GetCallerIdentity", &[]).ok();
    assert_eq!(who.text("Arn"), "arn:aws:iam::111122223333:user/alice");
    phone
        .sign_in(&world, &alice, &code)
        .fails(403, "AccessDenied", INVALID_CODE);
    world.advance(30);
    phone.sign_in(&world, &alice, &phone.shows(&world, 0)).ok();
}

/// The operations that take a code share one memory.
#[test]
fn a_code_is_used_up_wherever_it_was_used() {
    type Use = fn(&World, &Credentials, &Phone, &str) -> (u16, String);
    let uses: [(&str, Use); 3] = [
        ("AssumeRole", |world, alice, phone, role| {
            let answer = phone.assume(world, alice, role, &phone.shows(world, 0));
            (answer.status, answer.find("Message").unwrap_or_default())
        }),
        ("GetSessionToken", |world, alice, phone, _| {
            let answer = phone.sign_in(world, alice, &phone.shows(world, 0));
            (answer.status, answer.find("Message").unwrap_or_default())
        }),
        ("ResyncMFADevice", |world, _, phone, _| {
            let answer = phone.prove(world, &world.root, "ResyncMFADevice", "alice", [-30, 0]);
            (answer.status, answer.find("Message").unwrap_or_default())
        }),
    ];
    for (first, use_first) in uses {
        for (second, use_second) in uses {
            let (world, alice, phone, role) = scene();
            let done = use_first(&world, &alice, &phone, &role);
            assert_eq!(done, (200, String::new()), "{first}");
            let text = if second == "ResyncMFADevice" {
                INVALID_PAIR
            } else {
                INVALID_CODE
            };
            let done = use_second(&world, &alice, &phone, &role);
            assert_eq!(done, (403, text.to_owned()), "{first}, {second}");
        }
    }
}

#[test]
fn the_codes_that_enabled_a_device_are_used_up_both() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", None);
    let phone = Phone::new(&world, "phone");
    phone.enable(&world, &world.root, "alice").ok();
    for ago in [-30, 0] {
        phone
            .sign_in(&world, &alice, &phone.shows(&world, ago))
            .fails(403, "AccessDenied", INVALID_CODE);
    }
    phone.sign_in(&world, &alice, &phone.shows(&world, 30)).ok();
    // Taking the device away and giving it again makes no code new.
    let parameters = [("UserName", "alice"), ("SerialNumber", phone.serial.as_str())];
    world.iam(&world.root, "DeactivateMFADevice", &parameters).ok();
    let again = phone.prove(&world, &world.root, "EnableMFADevice", "alice", [0, 30]);
    again.fails(403, "InvalidAuthenticationCode", INVALID_PAIR);
    world.advance(90);
    phone.enable(&world, &world.root, "alice").ok();
}

#[test]
fn a_right_code_is_used_up_though_the_policies_deny() {
    let (world, alice, phone, _) = scene();
    let closed = "arn:aws:iam::111122223333:role/none";
    let code = phone.shows(&world, 0);
    let denied = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: sts:AssumeRole on \
                  resource: arn:aws:iam::111122223333:role/none";
    phone
        .assume(&world, &alice, closed, &code)
        .fails(403, "AccessDenied", denied);
    phone
        .sign_in(&world, &alice, &code)
        .fails(403, "AccessDenied", INVALID_CODE);
}

#[test]
fn a_wrong_code_learns_nothing_of_the_role() {
    let (world, alice, phone, role) = scene();
    let wrong = phone.wrong(&world);
    for role in [role.as_str(), "arn:aws:iam::111122223333:role/none"] {
        phone
            .assume(&world, &alice, role, &wrong)
            .fails(403, "AccessDenied", INVALID_CODE);
    }
}

#[test]
fn a_request_that_could_not_succeed_uses_no_code_up() {
    let (world, alice, phone, role) = scene();
    let code = phone.shows(&world, 0);
    let factor = [
        ("SerialNumber", phone.serial.as_str()),
        ("TokenCode", code.as_str()),
    ];
    for (more, problem) in [
        (
            &[
                ("Tags.member.1.Key", "a"),
                ("Tags.member.1.Value", "1"),
                ("Tags.member.2.Key", "A"),
                ("Tags.member.2.Value", "2"),
            ][..],
            "InvalidParameterValue",
        ),
        (&[("TransitiveTagKeys.member.1", "a")], "InvalidParameterValue"),
        (&[("DurationSeconds", "60")], "ValidationError"),
    ] {
        let answer = assume(&world, &alice, &role, &[&factor[..], more].concat());
        assert_eq!(answer.text("Code"), problem);
    }
    let root = world.root.clone();
    phone.assume(&world, &root, &role, &code).fails(
        403,
        "AccessDenied",
        "Roles may not be assumed by root accounts.",
    );
    phone.assume(&world, &alice, &role, &code).ok();
}

#[test]
fn only_six_ascii_digits_are_a_code() {
    let (world, alice, phone, role) = scene();
    let code = phone.shows(&world, 0);
    let full_width: String = code.chars().map(|c| shifted(c, 0xff10)).collect();
    let arabic: String = code.chars().map(|c| shifted(c, 0x660)).collect();
    let bold: String = code.chars().map(|c| shifted(c, 0x1d7ce)).collect();
    let (head, tail) = code.split_at(3);
    for spelling in [
        String::new(),
        code[..5].to_owned(),
        format!("{code}0"),
        format!("0{code}"),
        format!(" {code}"),
        format!("{code} "),
        format!("{head} {tail}"),
        format!("{head}-{tail}"),
        format!("{code}\n"),
        format!("{code}\r\n"),
        format!("\t{code}"),
        format!("{code}\0"),
        format!("{}\n", &code[..5]),
        format!(" {}", &code[1..]),
        format!("+{}", &code[1..]),
        format!("{head}\u{a0}{tail}"),
        format!("{code}\u{200b}"),
        format!("\u{feff}{code}"),
        full_width,
        arabic,
        bold,
        format!("{}{}", &code[..5], shifted('0', 0xff10)),
        "abcdef".to_owned(),
        "0x1234".to_owned(),
    ] {
        for answer in [
            phone.sign_in(&world, &alice, &spelling),
            phone.assume(&world, &alice, &role, &spelling),
            phone.prove_with(
                &world,
                &world.root,
                "ResyncMFADevice",
                "alice",
                [&spelling, &code],
            ),
            phone.prove_with(
                &world,
                &world.root,
                "ResyncMFADevice",
                "alice",
                [&code, &spelling],
            ),
        ] {
            let got = (answer.status, answer.text("Code"));
            assert_eq!(got, (400, "ValidationError".to_owned()), "{spelling:?}");
        }
    }
    // A code with a slip of the finger is a code still: no log has it.
    let log: String = world.records().iter().map(ToString::to_string).collect();
    assert!(!log.contains(&code) && !log.contains(&format!("{head} {tail}")));
    // None of them was looked at.
    assert_eq!(phone.failures(&world), 0);
    phone.sign_in(&world, &alice, &code).ok();
}

fn shifted(digit: char, zero: u32) -> char {
    char::from_u32(zero + digit.to_digit(10).unwrap()).unwrap()
}

#[test]
fn the_steps_before_and_after_are_accepted_and_no_others() {
    for (seconds, accepted) in [
        (-90, false),
        (-60, false),
        (-30, true),
        (0, true),
        (30, true),
        (60, false),
        (90, false),
    ] {
        let (world, alice, phone, _) = scene();
        // Beyond what enabling used up.
        world.advance(120);
        let answer = phone.sign_in(&world, &alice, &phone.shows(&world, seconds));
        if accepted {
            answer.ok();
        } else {
            answer.fails(403, "AccessDenied", INVALID_CODE);
        }
    }
}

#[test]
fn only_the_callers_own_device_counts() {
    let (world, alice, phone, role) = scene();
    let bob = world.user(&world.root, "bob", Some(ALLOW_ALL));
    let bobs = Phone::of_user(&world, "bob");
    let unassigned = Phone::new(&world, "spare");
    let other = world.other_account("444455556666");
    let made = world.iam(
        &other,
        "CreateVirtualMFADevice",
        &[("VirtualMFADeviceName", "phone")],
    );
    let foreign = Phone::of(&made.ok());
    let unable = |who: &Credentials, device: &Phone| {
        let code = device.shows(&world, 0);
        for answer in [
            device.sign_in(&world, who, &code),
            device.assume(&world, who, &role, &code),
        ] {
            answer.fails(403, "AccessDenied", UNABLE);
        }
        let wrong = device.wrong(&world);
        device
            .sign_in(&world, who, &wrong)
            .fails(403, "AccessDenied", UNABLE);
    };
    unable(&alice, &bobs);
    unable(&bob, &phone);
    unable(&alice, &unassigned);
    unable(&alice, &foreign);
    for serial in [
        "arn:aws:iam::111122223333:mfa/ALICE-PHONE",
        "arn:aws-cn:iam::111122223333:mfa/alice-phone",
        "arn:aws:iam:us-east-1:111122223333:mfa/alice-phone",
        "arn:aws:iam::111122223333:mfa//alice-phone",
        "arn:aws:iam::111122223333:u2f/alice-phone",
        "GAHT12345678",
    ] {
        unable(&alice, &phone.called(serial));
    }
    for device in [&phone, &bobs, &unassigned] {
        assert_eq!(device.failures(&world), 0, "none was looked at");
    }
    // The session of a role has no device, not even that of whoever assumed it.
    let session = assume(&world, &alice, &role, &[]).credentials();
    let code = phone.shows(&world, 0);
    phone
        .assume(&world, &session, &role, &code)
        .fails(403, "AccessDenied", UNABLE);
    // A user's own session has the user's.
    let session = world.sts(&alice, "GetSessionToken", &[]).credentials();
    phone.assume(&world, &session, &role, &code).ok();
}

#[test]
fn one_parameter_without_the_other_is_refused() {
    let (world, alice, phone, role) = scene();
    let text =
        "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.";
    let code = phone.shows(&world, 0);
    for one in [
        ("SerialNumber", phone.serial.as_str()),
        ("TokenCode", code.as_str()),
    ] {
        let answer = world.sts(&alice, "GetSessionToken", &[one]);
        answer.fails(403, "AccessDenied", text);
        assume(&world, &alice, &role, &[one]).fails(403, "AccessDenied", text);
    }
}

#[test]
fn a_device_that_is_taken_away_or_deleted_ends() {
    let (world, alice, phone, _) = scene();
    let parameters = [("UserName", "alice"), ("SerialNumber", phone.serial.as_str())];
    world.iam(&world.root, "DeactivateMFADevice", &parameters).ok();
    let code = phone.shows(&world, 0);
    phone
        .sign_in(&world, &alice, &code)
        .fails(403, "AccessDenied", UNABLE);
    phone.enable(&world, &world.root, "alice").ok();
    world.iam(&world.root, "DeactivateMFADevice", &parameters).ok();
    let serial = [("SerialNumber", phone.serial.as_str())];
    world.iam(&world.root, "DeleteVirtualMFADevice", &serial).ok();
    // Another one of the same name has another seed.
    let namesake = Phone::of_user(&world, "alice");
    assert_eq!(namesake.serial, phone.serial);
    phone
        .sign_in(&world, &alice, &phone.shows(&world, 0))
        .fails(403, "AccessDenied", INVALID_CODE);
    namesake.sign_in(&world, &alice, &namesake.shows(&world, 0)).ok();
}
