//! What matching costs, counted rather than timed, so that a change that makes it grow is noticed on any machine.
#![allow(clippy::unwrap_used, clippy::panic)]

use locum_names::Partition;

use crate::{
    Context, Decision, Layer, Layers, Policy, PolicyKind, Principal, Request, Source,
    decide::Case,
    glob::{Pattern, Syntax},
    index::Index,
    quirks::Truth,
    work::{Scope, Work},
};

const WILD: Syntax = Syntax {
    wildcards: true,
    variables: false,
};

/// What a user asks for in her own account.
fn by_alice<'a>(action: &'a str, resource: &'a str, context: &'a Context<'a>) -> Request<'a> {
    let account = "123456789012".parse().unwrap();
    let user = "AIDAQNZGKIQY56JQ7WML2".parse().unwrap();
    Request {
        principal: Principal::user(Partition::Aws, account, user, "/", "alice"),
        action,
        resource,
        resource_account: account,
        context,
    }
}

/// The steps of matching one pattern.
fn steps(pattern: &str, text: &str) -> (Truth, usize) {
    let (context, work) = (Context::new(), Work::new());
    let scope = Scope {
        keys: &context,
        work: &work,
    };
    let truth = Pattern::parse(pattern, WILD).matches(text, scope);
    (truth, work.spent())
}

#[test]
fn a_glob_is_quadratic_at_worst() {
    for size in [10, 40, 160] {
        let text = "a".repeat(4 * size);
        for pattern in [
            "*a".repeat(size) + "b",
            "*a?".repeat(size) + "b",
            "*".to_owned() + &"a?".repeat(size) + "b",
            "*".to_owned() + &"?".repeat(size) + "b",
            "*".to_owned() + &"a".repeat(size) + "b",
            "?".repeat(size) + "*b*" + &"a".repeat(size),
        ] {
            let (truth, taken) = steps(&pattern, &text);
            assert_eq!(truth, Truth::Fails, "{pattern}");
            let bound = 2 * pattern.len() * text.len();
            assert!(taken <= bound, "{taken} steps, more than {bound}: {pattern}");
        }
    }
}

/// Patterns as people write them take about as many steps as the text has letters, at most.
#[test]
fn an_ordinary_glob_is_linear() {
    let text = format!(
        "arn:aws:s3:::team-prod-logs/{}/report.csv",
        "2026-11-22/".repeat(100)
    );
    for pattern in [
        "arn:aws:s3:::*-prod-*/*.csv",
        "arn:aws:s3:::team-*",
        "*",
        "arn:aws:s3:::*/??????.csv",
    ] {
        let (truth, taken) = steps(pattern, &text);
        assert_eq!(truth, Truth::Holds, "{pattern}");
        assert!(taken < 2 * text.len(), "{taken} steps: {pattern}");
    }
}

/// A document whose last statement is the one that matches.
fn document(statements: usize) -> String {
    let statements: Vec<String> = (0..statements)
        .map(|n| {
            let action = if n % 4 == 0 || n + 1 == statements {
                "s3:GetObject"
            } else {
                "s3:Put*"
            };
            format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"arn:aws:s3:::bucket-{n}/*"}}"#)
        })
        .collect();
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        statements.join(",")
    )
}

#[test]
fn fifty_thousand_statements_cost_what_ten_do() {
    let mut taken = Vec::new();
    for count in [10, 50_000] {
        let policy = Policy::compile(&document(count), PolicyKind::Inline).unwrap();
        let resource = format!("arn:aws:s3:::bucket-{}/report", count - 1);
        let places = policy.statements().iter().enumerate();
        let index = Index::build(places.map(|(at, s)| (u32::try_from(at).unwrap(), s)));
        let mut visited = 0;
        index.candidates("s3:GetObject", &resource, |_| visited += 1);
        assert_eq!(visited, 1, "of {count}");
        let context = Context::new();
        let request = Request {
            principal: Principal::root(Partition::Aws, "123456789012".parse().unwrap()),
            action: "s3:GetObject",
            resource: &resource,
            resource_account: "123456789012".parse().unwrap(),
            context: &context,
        };
        let boundary = Source::new(&policy, "");
        let layers = Layers {
            boundary: Some(boundary),
            ..Layers::default()
        };
        let work = Work::new();
        let case = Case {
            request: &request,
            layers: &layers,
            work: &work,
        };
        assert_eq!(case.decide(), Decision::Allow);
        taken.push(work.spent());
    }
    assert!(taken.iter().all(|steps| *steps < 20), "{taken:?}");
}

/// Twenty policies in each of ten groups, each as long as may be and full of ordinary wildcards, take two
/// thirds of what a decision may.
#[test]
fn ordinary_policies_leave_steps() {
    let resources: Vec<String> = (0..160)
        .map(|n| format!(r#""arn:aws:s3:::*-prod-{n}-*/*.csv""#))
        .collect();
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"s3:*","Resource":[{}]}}}}"#,
        resources.join(",")
    );
    assert!(text.len() > 5_400 && text.len() <= 6_144, "{}", text.len());
    let policy = Policy::compile(&text, PolicyKind::Managed).unwrap();
    let identity: Vec<Source<'_>> = (0..200).map(|_| Source::new(&policy, "")).collect();
    let context = Context::new();
    let request = by_alice(
        "s3:GetObject",
        "arn:aws:s3:::team-prod-logs/2026-11-22/report.csv",
        &context,
    );
    let layers = Layers {
        identity: &identity,
        ..Layers::default()
    };
    let work = Work::new();
    let case = Case {
        request: &request,
        layers: &layers,
        work: &work,
    };
    assert_eq!(
        case.decide(),
        Decision::ImplicitDeny {
            layer: Layer::Identity
        }
    );
    assert!(
        !work.is_spent() && work.spent() < 400_000,
        "{} steps",
        work.spent()
    );
}

/// Whatever is attached, a decision ends within its steps, and then it denies.
#[test]
fn what_is_spent_denies() {
    let hard = format!(r#""arn:aws:s3:::*{}c""#, "a?".repeat(450));
    let hard = vec![hard; 6].join(",");
    let policy = |effect: &str| {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Action":"*","Resource":[{hard}]}}}}"#
        );
        Policy::compile(&text, PolicyKind::Managed).unwrap()
    };
    let (allow, deny) = (policy("Allow"), policy("Deny"));
    let resource = format!("arn:aws:s3:::{}", "a".repeat(2_000));
    let context = Context::new();
    let request = by_alice("s3:GetObject", &resource, &context);
    let decided = |policy: &Policy| {
        let identity: Vec<Source<'_>> = (0..200).map(|_| Source::new(policy, "")).collect();
        let layers = Layers {
            identity: &identity,
            ..Layers::default()
        };
        let work = Work::new();
        let case = Case {
            request: &request,
            layers: &layers,
            work: &work,
        };
        let decision = case.decide();
        assert!(work.is_spent());
        match decision {
            Decision::Allow => panic!("allowed"),
            Decision::ExplicitDeny { layer, .. } | Decision::ImplicitDeny { layer } => layer,
        }
    };
    assert_eq!(decided(&allow), Layer::Identity);
    assert_eq!(decided(&deny), Layer::Identity);
}

/// Many values of a request against many of a policy are compared as often as there are pairs, so they take steps; as many as
/// people write take few.
#[test]
fn many_values_against_many_end_too() {
    let mut context = Context::new();
    context.set_many("aws:TagKeys", (100..150).map(|n| n.to_string()));
    let request = by_alice("sts:TagSession", "arn:aws:iam::123456789012:role/x", &context);
    let all = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let all = Policy::compile(all, PolicyKind::Managed).unwrap();
    for (operator, value, policies, statements, values, allowed) in [
        ("NumericLessThan", "1", 200, 1, 2_900, false),
        ("NumericLessThan", "1", 200, 60, 1, false),
        ("NumericLessThan", "1", 20, 1, 40, true),
        ("NumericLessThan", "1", 20, 60, 1, true),
        // Letters of a tag's key have no case, which takes longer.
        ("StringEquals", r#""cost-center""#, 200, 1, 400, false),
        ("StringEquals", r#""cost-center""#, 20, 1, 200, true),
        ("StringLike", r#""cost-*""#, 20, 1, 40, true),
    ] {
        let listed = vec![value; values].join(",");
        let statement = format!(
            r#"{{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{"ForAnyValue:{operator}":{{"aws:TagKeys":[{listed}]}}}}}}"#
        );
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
            vec![statement; statements].join(",")
        );
        let policy = Policy::compile(&text, PolicyKind::Managed).unwrap();
        let mut identity = vec![Source::new(&all, "")];
        identity.extend((0..policies).map(|_| Source::new(&policy, "")));
        let layers = Layers {
            identity: &identity,
            ..Layers::default()
        };
        let work = Work::new();
        let case = Case {
            request: &request,
            layers: &layers,
            work: &work,
        };
        assert_eq!(
            case.decide() == Decision::Allow,
            allowed,
            "{policies} × {statements} × {values}"
        );
        assert_eq!(work.is_spent(), !allowed, "{} steps", work.spent());
    }
}

/// What an index holds grows with a statement's actions and resources, not with their product.
#[test]
fn an_index_is_not_much_larger_than_its_document() {
    let list = |what: &str, count: usize| {
        let each: Vec<String> = (0..count).map(|n| format!(r#""{what}{n:x}""#)).collect();
        each.join(",")
    };
    for (actions, resources, most) in [(16, 16, 16), (600, 1, 1), (1, 600, 600), (4, 4, 16)] {
        let statement = format!(
            r#"{{"Effect":"Allow","Action":[{}],"Resource":[{}]}}"#,
            list("a:", actions),
            list("a:aws:", resources)
        );
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
            vec![statement; 7].join(",")
        );
        let policy = Policy::compile(&text, PolicyKind::Inline).unwrap();
        let statements = policy.statements();
        let places = statements.iter().enumerate();
        let index = Index::build(places.map(|(at, s)| (u32::try_from(at).unwrap(), s)));
        assert!(
            index.entries() <= most,
            "{actions} × {resources}: {}",
            index.entries()
        );
        let mut found = 0;
        index.candidates("a:0", "a:aws:0", |_| found += 1);
        assert_eq!(found, 7);
    }
}
