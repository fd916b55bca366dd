//! Every operation, and any request: encoding and decoding agree, and nothing a caller sends can stop the parser.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop"
)]

use std::borrow::Cow;

use locum_api::{
    Field, MapEntry, Node, Parameters, Record, Request, Value, access_analyzer, encode_form, iam, locum,
    model::{Service, Shape, StringRules, Structure, operations},
    organizations, sts,
};
use proptest::{collection::vec, option, prelude::*};
use serde_json::{Map, json};

/// Returns a form as a client sends it.
fn urlencode(form: &[(String, String)]) -> String {
    let escape = |text: &str| {
        text.bytes()
            .map(|byte| match byte {
                b' ' => "+".to_owned(),
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' => char::from(byte).to_string(),
                byte => format!("%{byte:02x}"),
            })
            .collect::<String>()
    };
    form.iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect::<Vec<_>>()
        .join("&")
}

/// Returns what a record shows, as JSON with the names of its model.
fn shown(value: Value<'_>) -> Option<serde_json::Value> {
    Some(match value {
        Value::Absent => return None,
        Value::Text(text) => json!(text),
        Value::Json(text) => serde_json::from_str(text).unwrap(),
        Value::Integer(number) => json!(number),
        Value::Boolean(value) => json!(value),
        Value::Time(time) => json!(time.to_string()),
        Value::List(items) => (0..items.len())
            .map(|index| shown(items.item(index)).unwrap())
            .collect(),
        Value::Record(record) => serde_json::Value::Object(shown_record(record)),
    })
}

fn shown_record(record: &dyn Record) -> Map<String, serde_json::Value> {
    let members = record.structure().members.iter().enumerate();
    let by_position: Map<_, _> = members
        .filter_map(|(position, m)| Some((m.name.to_owned(), shown(record.member(position))?)))
        .collect();
    let mut visited = Map::new();
    record.visit(&mut |m, value| {
        visited.insert(m.name.to_owned(), shown(value).unwrap());
    });
    // The order of members counts too.
    assert_eq!(
        by_position.iter().collect::<Vec<_>>(),
        visited.iter().collect::<Vec<_>>()
    );
    by_position
}

/// Returns a text that a shape allows.
fn sample_text(rules: &StringRules) -> Cow<'static, str> {
    const TEXTS: [&str; 21] = [
        "/",
        "v1",
        "ada",
        "123456",
        "{\"a\": \"<&>\"}",
        "ada@example.com",
        "029608264753",
        "car-0123456789",
        "o-0123456789",
        "arn:aws:organizations::029608264753:organization/o-0123456789",
        "arn:aws:organizations::029608264753:account/o-0123456789/029608264753",
        "o-0123456789/r-0123/029608264753/",
        "AKIAIOSFODNN7EXAMPLE",
        "https://example.com/done?id=1#top",
        "r-0123",
        "ou-0123-01234567",
        "p-0123456789",
        "arn:aws:organizations::029608264753:root/o-0123456789/r-0123",
        "arn:aws:organizations::029608264753:ou/o-0123456789/ou-0123-01234567",
        "arn:aws:organizations::029608264753:policy/o-0123456789/service_control_policy/p-0123456789",
        "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
    ];
    let fits = |text: &str| {
        let length = u32::try_from(text.chars().count()).unwrap();
        rules.pattern.is_none_or(|pattern| (pattern.matches)(text))
            && rules.min.is_none_or(|min| length >= min)
            && rules.max.is_none_or(|max| length <= max)
    };
    let text = rules
        .values
        .first()
        .copied()
        .or_else(|| TEXTS.into_iter().find(|text| fits(text)));
    // What none of them fits has no more than a length to it.
    let text = text.map_or_else(
        || Cow::Owned("A".repeat(rules.min.unwrap() as usize)),
        Cow::Borrowed,
    );
    assert!(!rules.values.is_empty() || fits(&text), "no sample for {rules:?}");
    text
}

fn sample(shape: &Shape) -> serde_json::Value {
    match shape {
        Shape::String(rules) => json!(sample_text(rules)),
        Shape::Integer { min, .. } => json!(min.unwrap_or(7)),
        Shape::Boolean => json!(true),
        Shape::Timestamp => json!("2026-11-22T10:20:30Z"),
        Shape::Blob => json!("c2VlZA=="),
        Shape::Map => json!([sample_structure(MapEntry::STRUCTURE)]),
        Shape::Document => json!({"a": [1, {"b": "c"}]}),
        Shape::List { member, .. } => json!([sample(member), sample(member)]),
        Shape::Structure(structure) => serde_json::Value::Object(sample_structure(structure)),
    }
}

fn sample_structure(structure: &Structure) -> Map<String, serde_json::Value> {
    structure
        .members
        .iter()
        .map(|member| (member.name.to_owned(), sample(member.shape)))
        .collect()
}

/// Returns the same as a tree.
fn tree<'a>(shape: &Shape) -> Node<'a> {
    match shape {
        Shape::String(rules) => Node::Text(sample_text(rules)),
        Shape::Integer { min, .. } => Node::Integer(min.unwrap_or(7)),
        Shape::Boolean => Node::Boolean(true),
        Shape::Timestamp => Node::Text(Cow::Borrowed("2026-11-22T10:20:30Z")),
        Shape::Blob => Node::Text(Cow::Borrowed("c2VlZA==")),
        Shape::Document => Node::Text(Cow::Borrowed("{}")),
        Shape::Map => Node::List(vec![Some(tree(&Shape::Structure(MapEntry::STRUCTURE)))]),
        Shape::List { member, .. } => Node::List(vec![Some(tree(member)), Some(tree(member))]),
        Shape::Structure(structure) => Node::Structure(
            structure
                .members
                .iter()
                .map(|member| Some(tree(member.shape)))
                .collect(),
        ),
    }
}

/// Sends the parameters of paging in the query and the others in the body.
fn rest<R: Request>(object: &Map<String, serde_json::Value>) -> R {
    let (query, body): (Vec<_>, Vec<_>) = object
        .iter()
        .partition(|(name, _)| matches!(name.as_str(), "maxResults" | "nextToken"));
    let text = |value: &serde_json::Value| value.as_str().map_or(value.to_string(), str::to_owned);
    let query: Vec<String> = query
        .iter()
        .map(|(name, value)| format!("{name}={}", text(value)))
        .collect();
    let query = Parameters::parse(query.join("&").as_bytes(), b"").unwrap();
    let body: Map<_, _> = body
        .into_iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    R::decode_rest(&query, &serde_json::to_vec(&body).unwrap()).unwrap()
}

/// Sends a request with every member set through its encoding and back, and reads a full response.
fn check<R: Request + std::fmt::Debug>() -> (Service, &'static str) {
    let operation = R::OPERATION;
    let object = sample_structure(operation.input);
    let request = match operation.service {
        Service::Sts | Service::Iam => {
            let form = urlencode(&encode_form(operation, &object));
            R::decode(&Parameters::parse(b"", form.as_bytes()).unwrap()).unwrap()
        }
        Service::Organizations | Service::Locum => {
            R::decode_json(&serde_json::to_vec(&object).unwrap()).unwrap()
        }
        Service::AccessAnalyzer => rest(&object),
    };
    let Value::Record(record) = request.value() else {
        panic!("a request is a record")
    };
    assert_eq!(shown_record(record), object, "{}", operation.name);

    // What is required, alone, is a request too; and one thing less is not.
    let required: Map<_, _> = object
        .into_iter()
        .filter(|(name, _)| operation.input.member(name).unwrap().1.required)
        .collect();
    let decode = |object: &Map<_, _>| {
        let form = urlencode(&encode_form(operation, object));
        R::decode(&Parameters::parse(b"", form.as_bytes()).unwrap())
    };
    assert!(decode(&required).is_ok(), "{}", operation.name);
    for name in required.keys() {
        let mut fewer = required.clone();
        fewer.remove(name);
        assert!(decode(&fewer).is_err(), "{} without {name}", operation.name);
    }

    if let Some(output) = operation.output {
        let response = R::Response::read(tree(&Shape::Structure(output))).unwrap();
        assert_eq!(
            shown_record(&response),
            sample_structure(output),
            "{}",
            operation.name
        );
    }
    (operation.service, operation.name)
}

macro_rules! check_all {
    ($($module:ident: $($request:ident)+;)+) => { [$($(check::<$module::$request>()),+),+] };
}

#[test]
fn every_operation_reads_what_it_writes() {
    let checked = check_all![
        sts:
            AssumeRoleRequest AssumeRoleWithSAMLRequest AssumeRoleWithWebIdentityRequest
            AssumeRootRequest DecodeAuthorizationMessageRequest GetAccessKeyInfoRequest
            GetCallerIdentityRequest GetDelegatedAccessTokenRequest GetFederationTokenRequest
            GetSessionTokenRequest GetWebIdentityTokenRequest;
        iam:
            AcceptDelegationRequestRequest AddClientIDToOpenIDConnectProviderRequest
            AddRoleToInstanceProfileRequest AddUserToGroupRequest AssociateDelegationRequestRequest
            AttachGroupPolicyRequest AttachRolePolicyRequest AttachUserPolicyRequest
            ChangePasswordRequest CreateAccessKeyRequest CreateAccountAliasRequest
            CreateDelegationRequestRequest CreateGroupRequest CreateInstanceProfileRequest
            CreateLoginProfileRequest CreateOpenIDConnectProviderRequest CreatePolicyRequest
            CreatePolicyVersionRequest CreateRoleRequest CreateSAMLProviderRequest
            CreateServiceLinkedRoleRequest CreateUserRequest CreateVirtualMFADeviceRequest
            DeactivateMFADeviceRequest DeleteAccessKeyRequest DeleteAccountAliasRequest
            DeleteAccountPasswordPolicyRequest DeleteGroupRequest DeleteGroupPolicyRequest
            DeleteInstanceProfileRequest DeleteLoginProfileRequest
            DeleteOpenIDConnectProviderRequest DeletePolicyRequest DeletePolicyVersionRequest
            DeleteRoleRequest DeleteRolePermissionsBoundaryRequest DeleteRolePolicyRequest
            DeleteSAMLProviderRequest DeleteServiceLinkedRoleRequest DeleteUserRequest
            DeleteUserPermissionsBoundaryRequest DeleteUserPolicyRequest
            DeleteVirtualMFADeviceRequest DetachGroupPolicyRequest DetachRolePolicyRequest
            DetachUserPolicyRequest DisableOrganizationsRootCredentialsManagementRequest
            DisableOrganizationsRootSessionsRequest DisableOutboundWebIdentityFederationRequest
            EnableMFADeviceRequest EnableOrganizationsRootCredentialsManagementRequest
            EnableOrganizationsRootSessionsRequest EnableOutboundWebIdentityFederationRequest
            GenerateCredentialReportRequest GetAccessKeyLastUsedRequest
            GetAccountAuthorizationDetailsRequest GetAccountPasswordPolicyRequest
            GetAccountSummaryRequest GetContextKeysForCustomPolicyRequest
            GetContextKeysForPrincipalPolicyRequest GetCredentialReportRequest
            GetDelegationRequestRequest GetGroupRequest GetGroupPolicyRequest
            GetInstanceProfileRequest GetLoginProfileRequest GetMFADeviceRequest
            GetOpenIDConnectProviderRequest GetOutboundWebIdentityFederationInfoRequest
            GetPolicyRequest GetPolicyVersionRequest GetRoleRequest GetRolePolicyRequest
            GetSAMLProviderRequest GetServiceLinkedRoleDeletionStatusRequest GetUserRequest
            GetUserPolicyRequest ListAccessKeysRequest ListAccountAliasesRequest
            ListAttachedGroupPoliciesRequest ListAttachedRolePoliciesRequest
            ListAttachedUserPoliciesRequest ListDelegationRequestsRequest
            ListEntitiesForPolicyRequest ListGroupPoliciesRequest ListGroupsRequest
            ListGroupsForUserRequest ListInstanceProfileTagsRequest ListInstanceProfilesRequest
            ListInstanceProfilesForRoleRequest ListMFADeviceTagsRequest ListMFADevicesRequest
            ListOpenIDConnectProviderTagsRequest ListOpenIDConnectProvidersRequest
            ListOrganizationsFeaturesRequest ListPoliciesRequest ListPolicyTagsRequest
            ListPolicyVersionsRequest ListRolePoliciesRequest ListRoleTagsRequest ListRolesRequest
            ListSAMLProviderTagsRequest ListSAMLProvidersRequest ListSSHPublicKeysRequest
            ListServerCertificatesRequest ListServiceSpecificCredentialsRequest ListSigningCertificatesRequest
            ListUserPoliciesRequest
            ListUserTagsRequest ListUsersRequest ListVirtualMFADevicesRequest PutGroupPolicyRequest
            PutRolePermissionsBoundaryRequest PutRolePolicyRequest PutUserPermissionsBoundaryRequest
            PutUserPolicyRequest RejectDelegationRequestRequest
            RemoveClientIDFromOpenIDConnectProviderRequest RemoveRoleFromInstanceProfileRequest
            RemoveUserFromGroupRequest ResyncMFADeviceRequest SendDelegationTokenRequest
            SetDefaultPolicyVersionRequest SetSecurityTokenServicePreferencesRequest
            SimulateCustomPolicyRequest SimulatePrincipalPolicyRequest TagInstanceProfileRequest
            TagMFADeviceRequest TagOpenIDConnectProviderRequest TagPolicyRequest TagRoleRequest
            TagSAMLProviderRequest TagUserRequest UntagInstanceProfileRequest UntagMFADeviceRequest
            UntagOpenIDConnectProviderRequest UntagPolicyRequest UntagRoleRequest
            UntagSAMLProviderRequest UntagUserRequest UpdateAccessKeyRequest
            UpdateAccountPasswordPolicyRequest UpdateAssumeRolePolicyRequest
            UpdateDelegationRequestRequest UpdateGroupRequest UpdateLoginProfileRequest
            UpdateOpenIDConnectProviderThumbprintRequest UpdateRoleRequest UpdateRoleDescriptionRequest
            UpdateSAMLProviderRequest UpdateUserRequest;
        organizations: AttachPolicyRequest CloseAccountRequest CreateAccountRequest
            CreateOrganizationalUnitRequest CreatePolicyRequest DeleteOrganizationalUnitRequest
            DeletePolicyRequest DeregisterDelegatedAdministratorRequest DescribeAccountRequest
            DescribeCreateAccountStatusRequest DescribeOrganizationRequest
            DescribeOrganizationalUnitRequest DescribePolicyRequest DetachPolicyRequest
            DisableAWSServiceAccessRequest DisablePolicyTypeRequest
            EnableAWSServiceAccessRequest EnablePolicyTypeRequest
            ListAWSServiceAccessForOrganizationRequest ListAccountsRequest
            ListAccountsForParentRequest ListChildrenRequest ListCreateAccountStatusRequest
            ListDelegatedAdministratorsRequest ListDelegatedServicesForAccountRequest
            ListOrganizationalUnitsForParentRequest ListParentsRequest ListPoliciesRequest
            ListPoliciesForTargetRequest ListRootsRequest ListTagsForResourceRequest
            ListTargetsForPolicyRequest MoveAccountRequest RegisterDelegatedAdministratorRequest
            TagResourceRequest UntagResourceRequest UpdateOrganizationalUnitRequest
            UpdatePolicyRequest;
        locum: ApplyTransactionRequest RevokeSessionsRequest;
        access_analyzer: ValidatePolicyRequest;
    ];
    let declared = Service::ALL
        .into_iter()
        .flat_map(operations)
        .map(|operation| (operation.service, operation.name));
    let declared: Vec<_> = declared.collect();
    assert_eq!(
        checked.as_slice(),
        declared,
        "the list above is the list of declared operations"
    );
}

#[test]
fn forms_are_encoded_as_the_aws_command_encodes_them() {
    let object = json!({
        "Tags": [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": ""}],
        "TransitiveTagKeys": [],
        "PolicyArns": [{"arn": "x"}],
        "DurationSeconds": 900,
        "Policy": null,
    });
    let form = encode_form(sts::AssumeRoleRequest::OPERATION, object.as_object().unwrap());
    let form: Vec<_> = form
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        form,
        [
            ("Action", "AssumeRole"),
            ("Version", "2011-06-15"),
            ("Tags.member.1.Key", "a"),
            ("Tags.member.1.Value", "b"),
            ("Tags.member.2.Key", "c"),
            ("Tags.member.2.Value", ""),
            ("TransitiveTagKeys", ""),
            ("PolicyArns.member.1.arn", "x"),
            ("DurationSeconds", "900"),
        ]
    );
}

prop_compose! {
    fn assume_role()(
        session in "[A-Za-z0-9_+=,.@-]{2,64}",
        policy in option::of("[ -ÿ]{1,200}"),
        arns in vec("arn:aws:iam::[0-9]{12}:policy/[ -~]{1,30}", 0..10),
        duration in option::of(900..=43_200),
        tags in vec(("[a-zA-Zé一 _.:/=+@-]{1,20}", "[a-zA-Zé一 _.:/=+@-]{0,20}"), 0..50),
    ) -> serde_json::Value {
        let mut object = json!({"RoleArn": "arn:aws:iam::123456789012:role/demo", "RoleSessionName": session});
        if let Some(policy) = policy {
            object["Policy"] = json!(policy);
        }
        if let Some(duration) = duration {
            object["DurationSeconds"] = json!(duration);
        }
        if !arns.is_empty() {
            object["PolicyArns"] = arns.into_iter().map(|arn| json!({"arn": arn})).collect();
        }
        if !tags.is_empty() {
            object["Tags"] = tags.into_iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
        }
        object
    }
}

proptest! {
    #[test]
    fn any_request_survives_its_encoding(object in assume_role()) {
        let form = urlencode(&encode_form(sts::AssumeRoleRequest::OPERATION, object.as_object().unwrap()));
        let request = sts::AssumeRoleRequest::decode(&Parameters::parse(b"", form.as_bytes()).unwrap()).unwrap();
        prop_assert_eq!(serde_json::Value::Object(shown_record(&request)), object);
    }

    #[test]
    fn no_bytes_stop_the_reader(query: Vec<u8>, body: Vec<u8>, json: Vec<u8>) {
        if let Ok(parameters) = Parameters::parse(&query, &body) {
            let _ = sts::AssumeRoleRequest::decode(&parameters);
        }
        let _ = organizations::CreateAccountRequest::decode_json(&json);
    }

    #[test]
    fn no_names_stop_the_decoder(
        names in vec("(Tags|PolicyArns|RoleArn|policy|TransitiveTagKeys)(\\.(member|[0-9]{1,12}|Key|arn|)){0,5}", 0..12),
        value in "\\PC{0,5}",
    ) {
        let form: Vec<_> = names.into_iter().map(|name| (name, value.clone())).collect();
        if let Ok(parameters) = Parameters::parse(b"", urlencode(&form).as_bytes()) {
            let _ = sts::AssumeRoleRequest::decode(&parameters);
        }
    }

    #[test]
    fn escaped_text_is_read_back(name in "[A-Za-z]{1,9}", value in "\\PC*") {
        let form = urlencode(&[(name.clone(), value.clone())]);
        let parameters = Parameters::parse(b"", form.as_bytes()).unwrap();
        prop_assert_eq!(parameters.value(&name), Some(value.as_str()));
    }
}
