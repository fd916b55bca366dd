use base64::{Engine, prelude::BASE64_STANDARD};
use locum_crypto::{RotationSchedule, SeededRandom};

use super::{login_profiles::FIRST, texts::ALLOW_ALL};
use crate::harness::World;

const HEADER: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
                      password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,\
                      access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,\
                      access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,\
                      access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,\
                      cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

const NOT_PRESENT: (u16, &str, &str) = (410, "ReportNotPresent", "Credential report not present");
const EXPIRED: (u16, &str, &str) = (410, "ReportExpired", "Credential report expired");

fn generate(world: &World) -> (String, Option<String>) {
    let answer = world.admin("GenerateCredentialReport", &[]).ok();
    (answer.text("State"), answer.find("Description"))
}

/// The lines of the report.
fn report(world: &World) -> Vec<String> {
    let answer = world.admin("GetCredentialReport", &[]).ok();
    assert_eq!(answer.text("ReportFormat"), "text/csv");
    let bytes = BASE64_STANDARD.decode(answer.text("Content")).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    text.split('\n').map(str::to_owned).collect()
}

#[track_caller]
fn refused(world: &World, (status, code, text): (u16, &str, &str)) {
    world.admin("GetCredentialReport", &[]).fails(status, code, text);
}

#[test]
fn a_report_is_made_at_most_every_four_hours() {
    let world = World::new();
    let started = (
        "STARTED".to_owned(),
        Some("No report exists. Starting a new report generation task".to_owned()),
    );
    let complete = ("COMPLETE".to_owned(), None);
    refused(&world, NOT_PRESENT);
    assert_eq!(generate(&world), started);
    assert_eq!(generate(&world), complete);
    assert_eq!(report(&world).len(), 2);
    world.admin("CreateUser", &[("UserName", "alice")]).ok();
    world.advance(4 * 3600 - 1);
    assert_eq!(generate(&world), complete);
    let answer = world.admin("GetCredentialReport", &[]).ok();
    assert_eq!(answer.text("GeneratedTime"), "2026-11-22T12:00:00Z");
    assert_eq!(report(&world).len(), 2, "as it was made");
    world.advance(1);
    refused(&world, EXPIRED);
    assert_eq!(generate(&world), started);
    assert_eq!(report(&world).len(), 3);
    let other = world.other_account("444455556666");
    assert_eq!(world.iam(&other, "GetCredentialReport", &[]).status, 410);
}

#[test]
fn an_old_report_is_forgotten_but_that_there_was_one() {
    let world = World::new();
    generate(&world);
    let rotate = || {
        let mut random = SeededRandom::new(3);
        let schedule = RotationSchedule::default();
        world.service.rotate(world.now(), &schedule, &mut random).unwrap();
    };
    world.advance(3600);
    rotate();
    let has_content = || {
        let snapshot = world.snapshot();
        snapshot
            .credential_report(world.account)
            .unwrap()
            .content
            .is_some()
    };
    assert!(has_content());
    world.advance(3 * 3600);
    rotate();
    assert!(!has_content());
    refused(&world, EXPIRED);
    assert_eq!(generate(&world).0, "STARTED");
    assert!(has_content());
}

#[test]
fn it_says_what_is_known_and_nothing_else() {
    let world = World::new();
    world
        .admin("UpdateAccountPasswordPolicy", &[("MaxPasswordAge", "90")])
        .ok();
    world.user(&world.root, "plain", None);
    world.advance(3600);
    let busy = world.user(&world.root, "busy", Some(ALLOW_ALL));
    world.advance(60);
    let second = world.admin("CreateAccessKey", &[("UserName", "busy")]).ok();
    let second = second.text("AccessKeyId");
    let off = [
        ("UserName", "busy"),
        ("AccessKeyId", second.as_str()),
        ("Status", "Inactive"),
    ];
    world.admin("UpdateAccessKey", &off).ok();
    world.give_password("busy", FIRST).ok();
    world.advance(60);
    world.sts(&busy, "GetCallerIdentity", &[]).ok();
    // In a spreadsheet these would be two cells, or none.
    let odd = [("UserName", "a,b=c"), ("Path", "/say\"hi\"/")];
    world.admin("CreateUser", &odd).ok();
    generate(&world);
    let lines = report(&world);
    assert_eq!(lines[0], HEADER);
    let arn = "arn:aws:iam::111122223333";
    assert_eq!(
        lines[1],
        format!(
            "<root_account>,{arn}:root,2026-11-22T12:00:00+00:00,not_supported,no_information,not_supported,\
             not_supported,false,true,2026-11-22T12:00:00+00:00,2026-11-22T13:02:00+00:00,us-east-1,iam,\
             false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"
        )
    );
    assert_eq!(
        lines[2],
        format!(
            "\"a,b=c\",\"{arn}:user/say\"\"hi\"\"/a,b=c\",2026-11-22T13:02:00+00:00,false,N/A,N/A,N/A,false,\
             false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"
        )
    );
    assert_eq!(
        lines[3],
        format!(
            "busy,{arn}:user/busy,2026-11-22T13:00:00+00:00,true,no_information,2026-11-22T13:01:00+00:00,\
             2027-02-20T13:01:00+00:00,false,true,2026-11-22T13:00:00+00:00,2026-11-22T13:02:00+00:00,us-east-1,sts,\
             false,2026-11-22T13:01:00+00:00,N/A,N/A,N/A,false,N/A,false,N/A"
        )
    );
    assert_eq!(
        lines[4],
        format!(
            "plain,{arn}:user/plain,2026-11-22T12:00:00+00:00,false,N/A,N/A,N/A,false,\
             true,2026-11-22T12:00:00+00:00,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"
        )
    );
    assert_eq!(lines.len(), 5);
    let columns = HEADER.split(',').count();
    for at in [1, 3, 4] {
        assert_eq!(lines[at].split(',').count(), columns, "{}", lines[at]);
    }
}

#[test]
fn it_takes_a_permission_on_everything() {
    let world = World::new();
    let narrow = ALLOW_ALL.replace(
        r#""Resource":"*""#,
        r#""Resource":"arn:aws:iam::111122223333:user/*""#,
    );
    let narrow = world.user(&world.root, "narrow", Some(&narrow));
    for action in ["GenerateCredentialReport", "GetCredentialReport"] {
        let text = format!(
            "User: arn:aws:iam::111122223333:user/narrow is not authorized to perform: iam:{action} on resource: * \
             because no identity-based policy allows the iam:{action} action"
        );
        world.iam(&narrow, action, &[]).fails(403, "AccessDenied", &text);
    }
    assert!(world.snapshot().credential_report(world.account).is_none());
}
