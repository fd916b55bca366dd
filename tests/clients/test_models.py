"""What is declared, as the reference page has it, beside the models that come with botocore: parameters, results, errors.

Where the two differ on purpose is a table here; whatever else differs fails, and so does an entry that no longer does.
"""

import re
from pathlib import Path

import botocore.session
import pytest

PAGE = (Path(__file__).parents[2] / "docs/reference/operations.md").read_text()
SERVICES = {
    "Security Token Service": "sts",
    "Identity and Access Management": "iam",
    "Organizations": "organizations",
    "Access Analyzer": "accessanalyzer",
}
_session = botocore.session.get_session()

# By the last part of a member's name: what the model says of it that is not so here, and why.
DIFFERENCES = {
    # Its answers are `IAM Policy` and the like, not the values of its own model.
    ("iam", "SourcePolicyType"): "text, one of `user`, `group`, `role`, `aws-managed`, `user-managed`, `resource`, `none`",
    # Its answers have `Policy`.
    ("iam", "PermissionsBoundaryType"): "text, one of `PermissionsBoundaryPolicy`",
    # Its documentation has wildcards.
    ("iam", "AttachmentName"): r"text 1–128, `[\w+=,.@-]+`",
    # Places in a document are not negative, and a page has a greatest size.
    ("accessanalyzer", "index"): "integer",
    ("accessanalyzer", "start"): "integer",
    ("accessanalyzer", "length"): "integer",
    ("accessanalyzer", "line"): "integer",
    ("accessanalyzer", "column"): "integer",
    ("accessanalyzer", "offset"): "integer",
    ("accessanalyzer", "maxResults"): "integer",
}


def declared():
    """Every operation of the page: its tables by their title, each row without its line of help."""
    service = tables = rows = None
    for line in PAGE.splitlines():
        if line.startswith("## "):
            service = SERVICES.get(line[3:])
        elif line.startswith("### ") and service:
            tables = {"Parameter": {}, "Result": {}, "Error": {}, "signed": True}
            yield service, line[4:], tables
        elif line == "The request is not signed." and service:
            tables["signed"] = False
        elif line.startswith("| ") and service:
            first, second, third, *_ = (cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:])
            if not first.startswith("`"):
                rows = tables[first]
            else:
                rows[first.strip("`")] = (second.replace(", percent-encoded", ""), third)


OPERATIONS = list(declared())


def bounds(shape):
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least == most:
        return "" if least is None else f" {least}"
    if most is None:
        return f" from {least}"
    return f" up to {most}" if least is None else f" {least}–{most}"


def described(shape):
    """A shape in the words of the page."""
    kind = shape.type_name
    if kind == "string":
        text = "text" + bounds(shape)
        if shape.metadata.get("enum"):
            text += ", one of `" + "`, `".join(shape.metadata["enum"]) + "`"
        if shape.metadata.get("pattern"):
            text += f", `{shape.metadata['pattern']}`"
        return text
    if kind in ("integer", "long"):
        return "integer" + bounds(shape)
    if kind == "list":
        of = "" if shape.member.type_name == "structure" else f" of {described(shape.member)}"
        return f"list{bounds(shape)}{of}"
    return "bytes" if kind == "blob" else kind


def members(shape, prefix="", within=()):
    """The members of a structure and of those in it, as rows of the page."""
    rows = {}
    for name, member in (shape.members if shape else {}).items():
        rows[prefix + name] = (described(member), "yes" if name in shape.required_members else "")
        inner, end = (member.member, ".member.N.") if member.type_name == "list" else (member, ".")
        if inner.type_name == "structure" and inner.name not in within:
            rows |= members(inner, prefix + name + end, (*within, inner.name))
    return rows


def wire_names(shape, within=()):
    """Where a structure's members are called something else on the wire, or its lists have no `member`."""
    for name, member in (shape.members if shape else {}).items():
        if member.serialization.get("name", name) != name or member.serialization.get("flattened"):
            yield name
        inner = member.member if member.type_name == "list" else member
        if member.type_name == "list" and inner.serialization.get("name", "member") != "member":
            yield name
        if inner.type_name == "structure" and inner.name not in within:
            yield from wire_names(inner, (*within, inner.name))


def expected(service, rows, declared_rows):
    """The model's rows, with what differs on purpose as it is declared."""
    for name, (kind, required) in rows.items():
        known = DIFFERENCES.get((service, name.split(".")[-1]))
        if name in declared_rows and known == kind:
            kind = declared_rows[name][0]
        if (service, name) == ("accessanalyzer", "findings"):
            # Declared as a list that may be empty; it is written all the same.
            required = ""
        yield name, (kind, required)


@pytest.mark.parametrize("service, name, tables", OPERATIONS, ids=[f"{service}-{name}" for service, name, _ in OPERATIONS])
def test_an_operation_is_what_its_model_says(service, name, tables):
    model = _session.get_service_model(service).operation_model(name)
    for title, shape in (("Parameter", model.input_shape), ("Result", model.output_shape)):
        # Order counts: `aws` prints answers in it.
        assert list(tables[title].items()) == list(expected(service, members(shape), tables[title]))
        assert list(wire_names(shape)) == []
    errors = {}
    for shape in model.error_shapes:
        error = shape.metadata.get("error", {})
        errors[error.get("code", shape.name)] = error.get("httpStatusCode")
    assert list(tables["Error"]) == list(errors)
    for code, status in errors.items():
        assert status is None or tables["Error"][code][0] == str(status)
    assert tables["signed"] == (model.auth_type != "none")


@pytest.mark.parametrize("service, member", DIFFERENCES)
def test_every_difference_is_one(service, member):
    of_model = DIFFERENCES[service, member]
    for served, _, tables in OPERATIONS:
        rows = tables["Parameter"] | tables["Result"]
        if served == service and any(name.split(".")[-1] == member and kind != of_model for name, (kind, _) in rows.items()):
            return
    raise AssertionError(f"{service} {member} is as in the model")


def test_all_of_sts_is_served():
    assert set(_session.get_service_model("sts").operation_names) == {name for service, name, _ in OPERATIONS if service == "sts"}
