use super::{accounts::Tag, shapes};
use crate::{declare::operation, model::Shape};

operation! {
    /// Adds tags to an account, the root, an organizational unit or a policy, or replaces their values.
    TagResource: Organizations, Write;

    request TagResourceRequest {
        /// Its id.
        required "ResourceId" resource_id: String, shapes::TAGGABLE_ID;
        /// The tags.
        required "Tags" tags: Vec<Tag>, shapes::TAGS;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, ORGANIZATIONS_CONCURRENT_MODIFICATION, NO_ORGANIZATION, TARGET_NOT_FOUND,
        CONSTRAINT_VIOLATION, ORGANIZATIONS_INVALID_INPUT, SERVICE_EXCEPTION, TOO_MANY_REQUESTS,
    ]
}

operation! {
    /// Removes tags from an account, the root, an organizational unit or a policy.
    UntagResource: Organizations, Write;

    request UntagResourceRequest {
        /// Its id.
        required "ResourceId" resource_id: String, shapes::TAGGABLE_ID;
        /// The keys of the tags to remove.
        required "TagKeys" tag_keys: Vec<String>, Shape::list(&shapes::TAG_KEY);
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, ORGANIZATIONS_CONCURRENT_MODIFICATION, NO_ORGANIZATION, TARGET_NOT_FOUND,
        CONSTRAINT_VIOLATION, ORGANIZATIONS_INVALID_INPUT, SERVICE_EXCEPTION, TOO_MANY_REQUESTS,
    ]
}

operation! {
    /// Lists the tags of an account, the root, an organizational unit or a policy.
    ListTagsForResource: Organizations, Read;

    request ListTagsForResourceRequest {
        /// Its id.
        required "ResourceId" resource_id: String, shapes::TAGGABLE_ID;
        /// Where the page begins: the token of the page before.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
    }
    response ListTagsForResourceResponse {
        /// The tags.
        always "Tags" tags: Vec<Tag>, shapes::TAGS;
        /// Where the next page begins.
        optional "NextToken" next_token: String, shapes::NEXT_TOKEN;
    }
    errors [
        ORGANIZATIONS_ACCESS_DENIED, NO_ORGANIZATION, TARGET_NOT_FOUND, ORGANIZATIONS_INVALID_INPUT,
        SERVICE_EXCEPTION, TOO_MANY_REQUESTS,
    ]
}
