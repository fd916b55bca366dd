//! The operations of IAM on OpenID Connect providers (`facts: sts §6.2`).

use super::scene::{ACCOUNT, ALLOWED_ISSUER, Answer, PLACE, Scene, URL, World, provider_arn};

const THUMBPRINT: &str = "6938FD4D98BAB03FAADB97B34396831E3780AEA1";

fn get(scene: &Scene, place: &str) -> Answer {
    let arn = provider_arn(ACCOUNT, place);
    scene.iam(
        &scene.root,
        "GetOpenIDConnectProvider",
        &[("OpenIDConnectProviderArn", &arn)],
    )
}

/// The members of a list.
fn members(answer: &Answer, list: &str) -> Vec<String> {
    let Some((_, rest)) = answer.body.split_once(&format!("<{list}>")) else {
        assert!(answer.body.contains(&format!("<{list}/>")), "{}", answer.body);
        return Vec::new();
    };
    let inside = rest.split_once(&format!("</{list}>")).unwrap().0;
    let parts = inside.split("<member>").skip(1);
    parts
        .map(|part| part.split("</member>").next().unwrap().to_owned())
        .collect()
}

#[test]
fn a_provider_is_created_shown_listed_and_deleted() {
    let scene = Scene::new();
    let parameters = [
        ("Url", "https://token.example.com/id/A"),
        ("ClientIDList.member.1", "sts.amazonaws.com"),
        ("ClientIDList.member.2", "other"),
        ("ClientIDList.member.3", "sts.amazonaws.com"),
        ("ThumbprintList.member.1", THUMBPRINT),
        ("Tags.member.1.Key", "Team"),
        ("Tags.member.1.Value", "blue"),
    ];
    let created = scene
        .iam(&scene.root, "CreateOpenIDConnectProvider", &parameters)
        .ok();
    let arn = provider_arn(ACCOUNT, "token.example.com/id/A");
    assert_eq!(created.text("OpenIDConnectProviderArn"), arn);
    assert_eq!(created.text("Key"), "Team");
    let shown = get(&scene, "token.example.com/id/A").ok();
    assert_eq!(shown.text("Url"), "token.example.com/id/A", "without the scheme");
    assert_eq!(members(&shown, "ClientIDList"), ["sts.amazonaws.com", "other"]);
    assert_eq!(members(&shown, "ThumbprintList"), [THUMBPRINT.to_lowercase()]);
    assert_eq!(shown.text("CreateDate"), "2026-11-22T12:00:00Z");
    assert_eq!(
        (shown.text("Key"), shown.text("Value")),
        ("Team".to_owned(), "blue".to_owned())
    );
    let listed = scene.iam(&scene.root, "ListOpenIDConnectProviders", &[]).ok();
    assert_eq!(listed.texts("Arn"), [provider_arn(ACCOUNT, PLACE), arn.clone()]);

    let named = [("OpenIDConnectProviderArn", arn.as_str())];
    scene.iam(&scene.root, "DeleteOpenIDConnectProvider", &named).ok();
    let text = format!("OpenIDConnect Provider not found for arn {arn}");
    get(&scene, "token.example.com/id/A").fails(404, "NoSuchEntity", &text);
    let text = format!("OpenId connect Provider {arn} cannot be found.");
    scene
        .iam(&scene.root, "DeleteOpenIDConnectProvider", &named)
        .fails(404, "NoSuchEntity", &text);
    let listed = scene.iam(&scene.root, "ListOpenIDConnectProviders", &[]).ok();
    assert_eq!(listed.texts("Arn"), [provider_arn(ACCOUNT, PLACE)]);
}

#[test]
fn a_provider_needs_nothing_but_its_url() {
    let scene = Scene::new();
    let created = scene
        .provider(&scene.root, "https://token.example.com", &[], &[])
        .ok();
    assert_eq!(created.find("Key"), None);
    let shown = get(&scene, "token.example.com").ok();
    assert_eq!(members(&shown, "ClientIDList"), [""; 0]);
    assert_eq!(members(&shown, "ThumbprintList"), [""; 0]);
}

#[test]
fn which_urls_there_may_be() {
    let scene = Scene::new();
    let create = |url: &str| scene.provider(&scene.root, url, &[], &[]);
    for url in [
        "https://a.example.com/",
        "https://a.example.com",
        "https://A.example.com",
        "https://a.example.com/B/",
    ] {
        create(url).ok();
    }
    let text = "Invalid Open ID Connect Provider URL";
    for url in ["example.com", "example", "https://", "://"] {
        create(url).fails(400, "ValidationError", text);
    }
    for url in [
        "https://example.com:443",
        "https://example.com:8443/a",
        "https://example.com?a=b",
        "https://example.com/a#b",
        "https://user@example.com",
        "https://exa_mple.com",
        "https://example.com/a b",
        "https://example.com/*",
        "https://example.com/a/../b",
        "https://localhost",
        "https://aws",
    ] {
        create(url).fails(400, "InvalidInput", "Invalid Open ID Connect Provider URL.");
    }
    let text = "Invalid Open ID Connect Provider URL. The URL must begin with https://.";
    for url in [
        "http://example.com",
        "ftp://example.com",
        "HTTPS://example.com",
        &ALLOWED_ISSUER.replace("/a", "/b"),
    ] {
        create(url).fails(400, "InvalidInput", text);
    }
    create(ALLOWED_ISSUER).ok();
    let place = ALLOWED_ISSUER.strip_prefix("http://").unwrap();
    assert_eq!(
        get(&scene, place).ok().text("Url"),
        ALLOWED_ISSUER,
        "not what stands for https://"
    );
    let answer = create(&format!("https://{}", "a".repeat(248)));
    let text = "1 validation error detected: Value at 'url' failed to satisfy constraint: Member must have length less \
                than or equal to 255";
    answer.fails(400, "ValidationError", text);
}

#[test]
fn a_url_is_registered_once_in_an_account() {
    let scene = Scene::new();
    let text = format!("Provider with url {URL} already exists.");
    scene
        .provider(&scene.root, URL, &[], &[])
        .fails(409, "EntityAlreadyExists", &text);
    let other = scene.other_account("444455556666");
    scene.provider(&other, URL, &[], &[]).ok();
    // Of another account's provider nobody learns anything.
    let arn = provider_arn("444455556666", PLACE);
    let text = format!("OpenIDConnect Provider not found for arn {arn}");
    let named = [("OpenIDConnectProviderArn", arn.as_str())];
    scene
        .iam(&scene.root, "GetOpenIDConnectProvider", &named)
        .fails(404, "NoSuchEntity", &text);
}

#[test]
fn what_is_no_arn_of_a_provider() {
    let scene = Scene::new();
    for (arn, text) in [
        ("not-an-arn-of-anything", "Invalid ARN: not-an-arn-of-anything"),
        (
            "arn:aws:sts::111122223333:oidc-provider/a.b",
            "Invalid service in ARN",
        ),
        (
            "arn:aws:iam::111122223333:saml-provider/a",
            "Invalid resource type in ARN",
        ),
        (
            "arn:aws:iam::111122223333:role/worker",
            "Invalid resource type in ARN",
        ),
    ] {
        for operation in [
            "GetOpenIDConnectProvider",
            "DeleteOpenIDConnectProvider",
            "ListOpenIDConnectProviderTags",
        ] {
            let answer = scene.iam(&scene.root, operation, &[("OpenIDConnectProviderArn", arn)]);
            answer.fails(400, "ValidationError", text);
        }
    }
}

#[test]
fn client_ids_are_added_and_removed_once_or_again() {
    let scene = Scene::new();
    let arn = provider_arn(ACCOUNT, PLACE);
    let ids = || members(&get(&scene, PLACE).ok(), "ClientIDList");
    let call = |operation: &str, id: &str| {
        let parameters = [("OpenIDConnectProviderArn", arn.as_str()), ("ClientID", id)];
        scene.iam(&scene.root, operation, &parameters).ok()
    };
    for _ in 0..2 {
        call("AddClientIDToOpenIDConnectProvider", "client-2");
        assert_eq!(ids(), ["client-1", "client-2"]);
    }
    call("AddClientIDToOpenIDConnectProvider", "Client-2");
    assert_eq!(ids(), ["client-1", "client-2", "Client-2"]);
    for _ in 0..2 {
        call("RemoveClientIDFromOpenIDConnectProvider", "client-1");
        assert_eq!(ids(), ["client-2", "Client-2"]);
    }
    let absent = provider_arn(ACCOUNT, "absent.example.com");
    let text = format!("OpenIDConnect Provider not found for arn {absent}");
    for operation in [
        "AddClientIDToOpenIDConnectProvider",
        "RemoveClientIDFromOpenIDConnectProvider",
    ] {
        let parameters = [("OpenIDConnectProviderArn", absent.as_str()), ("ClientID", "a")];
        scene
            .iam(&scene.root, operation, &parameters)
            .fails(404, "NoSuchEntity", &text);
    }
}

#[test]
fn a_hundred_client_ids_and_no_more() {
    let scene = Scene::new();
    let ids: Vec<String> = (0..101).map(|n| format!("id-{n}")).collect();
    let borrowed: Vec<&str> = ids.iter().map(String::as_str).collect();
    let text = "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100";
    scene
        .provider(&scene.root, "https://a.example.com", &borrowed, &[])
        .fails(409, "LimitExceeded", text);
    scene
        .provider(&scene.root, "https://a.example.com", &borrowed[..100], &[])
        .ok();
    let arn = provider_arn(ACCOUNT, "a.example.com");
    let add = |id: &str| {
        let parameters = [("OpenIDConnectProviderArn", arn.as_str()), ("ClientID", id)];
        scene.iam(&scene.root, "AddClientIDToOpenIDConnectProvider", &parameters)
    };
    add("id-100").fails(409, "LimitExceeded", text);
    add("id-99").ok();
}

#[test]
fn a_hundred_providers_and_no_more() {
    let scene = Scene::new();
    for number in 1..100 {
        scene
            .provider(&scene.root, &format!("https://{number}.example.com"), &[], &[])
            .ok();
    }
    let text = "Cannot exceed quota for OpenIdConnectProvidersPerAccount: 100";
    scene
        .provider(&scene.root, "https://more.example.com", &[], &[])
        .fails(409, "LimitExceeded", text);
    let arn = provider_arn(ACCOUNT, "1.example.com");
    scene
        .iam(
            &scene.root,
            "DeleteOpenIDConnectProvider",
            &[("OpenIDConnectProviderArn", &arn)],
        )
        .ok();
    scene
        .provider(&scene.root, "https://more.example.com", &[], &[])
        .ok();
    let other = scene.other_account("444455556666");
    scene.provider(&other, "https://more.example.com", &[], &[]).ok();
}

#[test]
fn five_thumbprints_and_no_more() {
    let scene = Scene::new();
    let prints: Vec<String> = "abcdef"
        .chars()
        .map(|digit| digit.to_string().repeat(40))
        .collect();
    let prints: Vec<&str> = prints.iter().map(String::as_str).collect();
    let text = "Thumbprint list must contain fewer than 5 entries.";
    scene
        .provider(&scene.root, "https://a.example.com", &[], &prints)
        .fails(400, "InvalidInput", text);
    scene
        .provider(&scene.root, "https://a.example.com", &[], &prints[..5])
        .ok();
    let arn = provider_arn(ACCOUNT, PLACE);
    let update = |prints: &[&str]| {
        let names: Vec<String> = (1..=prints.len())
            .map(|at| format!("ThumbprintList.member.{at}"))
            .collect();
        let members = names.iter().map(String::as_str).zip(prints.iter().copied());
        let parameters: Vec<_> = [("OpenIDConnectProviderArn", arn.as_str())]
            .into_iter()
            .chain(members)
            .collect();
        scene.iam(&scene.root, "UpdateOpenIDConnectProviderThumbprint", &parameters)
    };
    update(&prints).fails(400, "InvalidInput", text);
    update(&prints[1..3]).ok();
    assert_eq!(members(&get(&scene, PLACE).ok(), "ThumbprintList"), prints[1..3]);
    let text = "A thumbprint has 40 hexadecimal digits.";
    update(&[&"g".repeat(40)]).fails(400, "InvalidInput", text);
    for length in [39, 41] {
        let answer = update(&[&"a".repeat(length)]);
        let text = "1 validation error detected: Value at 'thumbprintList' failed to satisfy constraint: Member must \
                    satisfy constraint: [Member must have length less than or equal to 40, Member must have length \
                    greater than or equal to 40]";
        answer.fails(400, "ValidationError", text);
    }
    assert_eq!(update(&[]).text("Code"), "ValidationError");
}

#[test]
fn tags_are_set_replaced_listed_and_removed() {
    let scene = Scene::new();
    let arn = provider_arn(ACCOUNT, PLACE);
    let call = |operation: &str, more: &[(&str, &str)]| {
        let named = [("OpenIDConnectProviderArn", arn.as_str())];
        let parameters: Vec<_> = named.into_iter().chain(more.iter().copied()).collect();
        scene.iam(&scene.root, operation, &parameters)
    };
    let tag = |key: &str, value: &str| {
        let tag = [("Tags.member.1.Key", key), ("Tags.member.1.Value", value)];
        call("TagOpenIDConnectProvider", &tag)
    };
    tag("Team", "blue").ok();
    tag("Cost", "7").ok();
    tag("TEAM", "red").ok();
    let listed = call("ListOpenIDConnectProviderTags", &[]).ok();
    assert_eq!(listed.texts("Key"), ["Cost", "TEAM"]);
    assert_eq!(listed.text("IsTruncated"), "false");
    let page = call("ListOpenIDConnectProviderTags", &[("MaxItems", "1")]).ok();
    assert_eq!(page.texts("Key"), ["Cost"]);
    let next = call(
        "ListOpenIDConnectProviderTags",
        &[("Marker", &page.text("Marker"))],
    )
    .ok();
    assert_eq!(next.texts("Key"), ["TEAM"]);
    call(
        "UntagOpenIDConnectProvider",
        &[("TagKeys.member.1", "team"), ("TagKeys.member.2", "none")],
    )
    .ok();
    assert_eq!(
        call("ListOpenIDConnectProviderTags", &[]).ok().texts("Key"),
        ["Cost"]
    );
    let reserved = "The tag key aws:x is reserved: it begins with aws:.";
    tag("aws:x", "a").fails(400, "InvalidInput", reserved);
    for number in 0..49 {
        tag(&format!("key-{number}"), "v").ok();
    }
    let text = "The number of tags has reached the maximum limit.";
    tag("one-more", "v").fails(409, "LimitExceeded", text);
    tag("key-1", "w").ok();
}

#[test]
fn the_answers_have_the_names_of_the_model() {
    let world = World::new();
    let parameters = [("Url", "https://a.example.com")];
    let answer = world
        .iam(&world.root, "CreateOpenIDConnectProvider", &parameters)
        .ok();
    let expected =
        "<CreateOpenIDConnectProviderResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">";
    assert!(answer.body.contains(expected), "{}", answer.body);
    let answer = world.iam(&world.root, "ListOpenIDConnectProviders", &[]).ok();
    assert!(
        answer.body.contains("<OpenIDConnectProviderList>"),
        "{}",
        answer.body
    );
}
