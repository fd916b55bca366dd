"""Every answer that boto3 reads, beside the model it reads it by: what must be there is, and is what the model says.

botocore itself passes over what it does not know and does not miss what is not there.
"""

import json
import re
import xml.etree.ElementTree as ElementTree

# What the model says of these is not so: of the first two in AWS's own answers either, as recorded, and a subject may be shorter than
# six characters here (docs/compatibility/federation.md).
UNLIKE_THE_MODEL = {"SourcePolicyType", "PermissionsBoundaryType", "SubjectFromWebIdentityToken"}


def check(http_response, parsed, model, **_):
    """An `after-call` handler: fails where an answer of 200 is not what the model of its operation says."""
    shape = model.output_shape
    if http_response.status_code != 200 or shape is None:
        return
    problems = list(_value(shape, parsed, model.name))
    if model.service_model.metadata["protocol"] == "query":
        wrapper = _child(ElementTree.fromstring(http_response.text), shape.serialization.get("resultWrapper"))
        problems += [] if wrapper is None else _unknown(shape, wrapper, model.name)
    else:
        problems += _unknown_members(shape, json.loads(http_response.text), model.name)
    assert not problems, problems


def _value(shape, value, place):
    kind, rules = shape.type_name, shape.metadata
    if kind == "structure":
        for name in shape.required_members:
            if name not in value:
                yield f"{place}.{name} is missing"
        for name, member in shape.members.items():
            if name in value and name not in UNLIKE_THE_MODEL:
                yield from _value(member, value[name], f"{place}.{name}")
    elif kind == "list":
        yield from _length(rules, len(value), place)
        for number, item in enumerate(value):
            yield from _value(shape.member, item, f"{place}[{number}]")
    elif kind == "string" and isinstance(value, str):
        yield from _length(rules, len(value), place)
        if rules.get("enum") and value not in rules["enum"]:
            yield f"{place} is {value}"
        pattern = rules.get("pattern")
        # Python has no `\p{…}`, and reads `\u10000` as Java does not.
        if pattern and "\\p{" not in pattern and "\\u10000" not in pattern and not re.fullmatch(pattern, value, re.DOTALL):
            yield f"{place} is {value!r}, not {pattern}"
    elif kind in ("integer", "long"):
        yield from _length(rules, value, place)


def _length(rules, size, place):
    if size < rules.get("min", size) or size > rules.get("max", size):
        yield f"{place} has {size}"


def _local(element):
    return element.tag.rpartition("}")[2]


def _child(element, name):
    return next((child for child in element if _local(child) == name), None)


def _unknown(shape, element, place):
    """The elements that the model does not know, and lists whose items are not `member`."""
    if shape.type_name == "structure":
        for child in element:
            member = shape.members.get(_local(child))
            if member is None:
                yield f"{place}.{_local(child)} is not known"
            else:
                yield from _unknown(member, child, f"{place}.{_local(child)}")
    elif shape.type_name == "list":
        for child in element:
            if _local(child) != "member":
                yield f"{place} has a {_local(child)}"
            yield from _unknown(shape.member, child, f"{place}.member")


def _unknown_members(shape, value, place):
    if shape.type_name == "structure":
        for name, inner in value.items():
            member = shape.members.get(name)
            if member is None:
                yield f"{place}.{name} is not known"
            else:
                yield from _unknown_members(member, inner, f"{place}.{name}")
    elif shape.type_name == "list":
        for inner in value:
            yield from _unknown_members(shape.member, inner, f"{place}[]")
