"""Where `locum sts` differs on purpose from `aws sts`, and why.

An entry says what the original did and what is expected of us instead; what it does not mention has to be the same.
Each entry has to make a difference in at least one case of each version it names, or the suite fails: what became the
same is taken from the list, and from docs/compatibility.md.
"""

import dataclasses
import re
from collections.abc import Callable

V1, V2, BOTH = ("v1",), ("v2",), ("v1", "v2")


@dataclasses.dataclass(frozen=True)
class Difference:
    what: str
    why: str
    of: tuple
    # Name of the cases it may touch, as a regular expression.
    cases: str
    # What the original did and what we did: what we should have done.
    change: Callable

    def expect(self, name, theirs, ours):
        return self.change(theirs, ours) if re.fullmatch(self.cases, name, re.DOTALL) else theirs


def says(pattern, instead):
    """We say it in other words."""
    return lambda theirs, ours: theirs.replace(sentence=re.sub(pattern, instead, theirs.sentence, flags=re.DOTALL))


def own_words(theirs_like, ours_like):
    """The same refusal in our own words, which have to be like this."""

    def change(theirs, ours):
        both = re.fullmatch(theirs_like, theirs.sentence, re.DOTALL) and re.fullmatch(ours_like, ours.sentence, re.DOTALL)
        return theirs.replace(sentence=ours.sentence) if both else theirs

    return change


def ends(status, instead):
    return lambda theirs, ours: theirs.replace(status=instead) if theirs.status == status else theirs


def prints(pattern, instead):
    return lambda theirs, ours: theirs.replace(stdout=re.sub(pattern, instead, theirs.stdout, flags=re.DOTALL))


def accepts(theirs_like, *form, stdout=None):
    """The original refuses what we send, with this at the end of the form, or print without sending."""

    def change(theirs, ours):
        if not re.fullmatch(theirs_like, theirs.sentence, re.DOTALL) or theirs.status == 0:
            return theirs
        sent = [[tuple(pair) for pair in request["form"]][-len(form) :] for request in ours.requests]
        if sent != ([list(form)] if form else []) or (stdout is not None and ours.stdout != stdout):
            return theirs
        return theirs.replace(status=0, sentence="", stdout=ours.stdout, requests=ours.requests)

    return change


def refuses(status, sentence):
    """We refuse what the original sends, and send nothing."""
    return lambda theirs, ours: theirs.replace(status=status, sentence=sentence, stdout="", requests=())


def several(*changes):
    def change(theirs, ours):
        for one in changes:
            theirs = one(theirs, ours)
        return theirs

    return change


def status_of_version_2(theirs, ours):
    """Version 1 knows 2 for the words of a line and 255 for everything else."""
    if theirs.status == 2:
        return theirs.replace(status=252)
    return theirs.replace(status=ours.status) if theirs.status == 255 and 252 <= ours.status <= 255 else theirs


def sorted_hops(theirs, ours):
    """The calls on the way to credentials, their parameters in one order."""

    def plain(outcome):
        *hops, last = outcome.requests or ((),)
        return [{**hop, "form": sorted(hop["form"])} for hop in hops], last

    return theirs.replace(requests=ours.requests) if theirs.requests != ours.requests and plain(theirs) == plain(ours) else theirs


def through_a_tunnel(theirs, ours):
    def instead(request):
        host = request["host"]
        return {**request, "tunnel": f"{host}:80", "request": "POST /"}

    return theirs.replace(requests=tuple(map(instead, theirs.requests)))


def in_another_order(theirs, ours):
    return theirs.replace(sentence="Unknown options: " + ", ".join(reversed(theirs.sentence.removeprefix("Unknown options: ").split(", "))))


NOT_XML = r"Unable to parse response \([^)]*(?:\([^)]*\))?[^)]*\), invalid XML received. Further retries may succeed:\nb'.*'"
INVALID_QUERY = r"Bad value for --query .*: Invalid (jmespath|JMESPath) expression: .+"

DIFFERENCES = [
    Difference(
        "the exit status", "version 1 ends with 2 and 255 where version 2, which is followed, tells four kinds of failure apart", V1, ".*",
        status_of_version_2,
    ),
    Difference(
        "how times are printed", "version 1 prints them as they came unless told otherwise; version 2, which is followed, in ISO 8601", V1, ".*",
        prints(r"(2099-01-01T00:00:00)Z", r"\1+00:00"),
    ),
    Difference(
        "how times are read", "version 1 prints them as they came; version 2, which is followed, reads them", V1, "a time with .*",
        lambda theirs, ours: theirs.replace(stdout=ours.stdout) if ours.stdout.startswith('"20') and not ours.stdout.endswith('Z"') else theirs,
    ),
    Difference(
        "how often a call was tried", "version 1 says so only of what is worth another attempt; version 2, which is followed, of every last attempt", V1, "answered with .*",
        says(r"^(An error occurred .* operation): ", r"\1 (reached max retries: 0): "),
    ),
    Difference(
        "a wrong choice", "newer versions than these name the word and what comes close, instead of all choices", BOTH, ".*",
        own_words(
            r"argument [a-z-]+: Invalid choice, valid choices are:\n.*",
            r"argument [a-z-]+: Found invalid choice '[^']*'\n(\nMaybe you meant:\n(\n  \* [a-z-]+)+)?(\n\nThe commands are: [a-z, -]+\.)?",
        ),
    ),
    Difference(
        "no command at all", "ours says which there are", BOTH, "nothing",
        own_words("the following arguments are required: command", r"the following arguments are required: command\n\nThe commands are: [a-z, -]+\."),
    ),
    Difference(
        "what to do without credentials", "newer versions than these say `aws login`", BOTH, ".*",
        says(r'configure credentials by running "aws configure"\.$', 'configure credentials by running "aws login".'),
    ),
    Difference(
        "words too many, in which order", "theirs is turned around by their parser", BOTH, "two words too many", in_another_order,
    ),
    Difference(
        "a value that starts with a dash", "encoded messages do, and nothing else can be meant (aws-cli #2259)", BOTH,
        "value that starts with a dash",
        accepts("argument --encoded-message: expected one argument", ("EncodedMessage", "-7i6c")),
    ),
    Difference(
        "numbers in other digits", "the digits of a duration are 0 to 9", BOTH, "integer in other digits",
        refuses(255, "invalid literal for int() with base 10: '٩٠٠'"),
    ),
    Difference(
        "characters beyond U+FFFF in shorthand", "there is no reason to refuse them", BOTH, "shorthand beyond the basic plane",
        accepts(r"Error parsing parameter '--tags': Expected: ',', received: .*", ("Tags.member.1.Value", "𝄞")),
    ),
    Difference(
        "JSON and shorthand in one list", "each word says what it is, so they may be mixed", BOTH, "json for one of two",
        accepts(r"Error parsing parameter '--tags': Invalid JSON.*", ("Tags.member.2.Key", "c"), ("Tags.member.2.Value", "d")),
    ),
    Difference(
        "one structure in a file where a list is due", "on the command line the same text is a list of one", BOTH, "a file of shorthand",
        accepts(r"Parameter validation failed:\nInvalid type for parameter Tags, .*", ("Tags.member.1.Value", "b")),
    ),
    Difference(
        "what is wrong with JSON", "the sentence is that of our reader", BOTH, "json .*",
        own_words(r"(Error parsing parameter '--tags': Invalid JSON: ).*(\nJSON received: .*)", r"(Error parsing parameter '--tags': Invalid JSON: ).*(\nJSON received: .*)"),
    ),
    Difference(
        "what is wrong with JSON for a whole call", "version 1 says where, version 2, which is followed, does not", V1, "input .*",
        says(r"(Error parsing parameter 'cli-input-json': Invalid JSON).*", r"\1 received."),
    ),
    Difference(
        "JSON for a whole call that is no object", "theirs is the exception of an interpreter", V1, "input that is a (list|text)",
        own_words(r".*object has no attribute.*", r"Error parsing parameter '--?cli-input-json': Invalid type: expecting map, received <class '(list|str)'>"),
    ),
    Difference(
        "a missing file assigned in shorthand", "ours names the parameter, as for every other file", V1, "no such file assigned in shorthand",
        says("^(Unable to load paramfile)", r"Error parsing parameter '--tags': \1"),
    ),
    Difference(
        "addresses as values", "version 1 fetches them and sends what is there; version 2, which is followed, sends the address", V1, "a url for a string",
        accepts("Error parsing parameter '--policy': Unable to retrieve https.*", ("Policy", "https://127.0.0.1:1/p.json")),
    ),
    Difference(
        "a truth where a number is due", "to Python `true` is 1; ours says what is wrong", BOTH, "input with a truth for a number",
        says("^.*$", "Parameter validation failed:\nInvalid type for parameter DurationSeconds, value: True, type: <class 'bool'>, valid types: <class 'int'>"),
    ),
    Difference(
        "members that Debian's version is too old for: ProvidedContexts", "flags come from the declarations", V2,
        "assume-role, everything|too few of a list|below the minimum in a list|input with wrong types|skeleton of assume-role",
        lambda theirs, ours: theirs.replace(
            status=ours.status, sentence=ours.sentence, stdout=ours.stdout, requests=ours.requests
        ),
    ),
    Difference(
        "members of 2026: MinimumSessionTokenSize", "flags come from the declarations", BOTH, ".*",
        several(
            says(r'(must be one of: DurationSeconds, SerialNumber, TokenCode)$', r"\1, MinimumSessionTokenSize"),
            lambda theirs, ours: theirs
            if '"MinimumSessionTokenSize": 0' not in ours.stdout or "MinimumSessionTokenSize" in theirs.stdout
            else prints(r"\n}\n$", ',\n    "MinimumSessionTokenSize": 0\n}\n')(theirs, ours),
        ),
    ),
    Difference(
        "an example of the output", "theirs fails for every operation whose result has an ARN or a key id (aws-cli #2337)", BOTH, "skeleton of the output",
        accepts(
            "Parameter validation failed:\nInvalid length for parameter Arn.*",
            stdout='{\n    "UserId": "UserId",\n    "Account": "Account",\n    "Arn": "Arn"\n}\n',
        ),
    ),
    Difference(
        "what is wrong with a query", "the sentence is that of our engine", BOTH, "query .*", own_words(INVALID_QUERY, INVALID_QUERY),
    ),
    Difference(
        "a function of a query that fails", "the sentence is that of our engine", BOTH, "query .*",
        own_words(r"(In function |Unknown function: |.*invalid type for).*", r"(?!.*panick).+"),
    ),
    Difference(
        "an empty message of an error", "the original prints its interpreter's word for nothing", BOTH, "answered with an error without message",
        says("None$", "Unknown"),
    ),
    Difference(
        "an answer that is no XML", "the sentence is that of our reader, and of an answer that says it succeeded nothing is quoted", BOTH,
        "answered with .*", own_words(NOT_XML, NOT_XML),
    ),
    Difference(
        "an answer without a result", "the original ends with an exception of its interpreter", BOTH, "answered with no result",
        own_words("'GetCallerIdentityResult'", r"Unable to parse response \(there is no GetCallerIdentityResult\), .*"),
    ),
    Difference(
        "a member that comes twice", "the original prints objects of its interpreter, or an exception; the first counts", BOTH,
        ".*a member twice.*", lambda theirs, ours: theirs.replace(status=0, sentence="", stdout=ours.stdout) if "1" in ours.stdout and "2" not in ours.stdout else theirs,
    ),
    Difference(
        "a profile file that is none", "version 1 ends with an exception of its interpreter", V1, ".*",
        lambda theirs, ours: theirs.replace(status=255, sentence=ours.sentence)
        if re.fullmatch(r"Unable to parse config file: \{home\}/\.aws/[a-z]+ \(line \d\)", ours.sentence) and "ConfigParseError" in theirs.stderr
        else theirs,
    ),
    Difference(
        "where a profile file is broken", "ours says the line", V2, ".*",
        own_words(r"Unable to parse config file: (.*)", r"Unable to parse config file: (.*) \(line \d\)"),
    ),
    Difference(
        "a process that cannot be run or prints no JSON", "theirs is the exception of an interpreter", BOTH, "a process that .*",
        own_words(r"\[Errno 2\].*|Expecting value.*", "Error when retrieving credentials from custom-process: .+"),
    ),
    Difference(
        "parameters of the calls on the way to credentials, in which order", "the order has no meaning", BOTH, "(a role|a web identity).*", sorted_hops,
    ),
    Difference(
        "the question for a code where there is no terminal", "the original adds a warning of its interpreter", BOTH, "a role with a code",
        says(r"^.*GetPassWarning: .*?\n.*?\n(Warning: )", r"\1"),
    ),
    Difference(
        "which variable names the profile", "version 1 looks at AWS_DEFAULT_PROFILE first; version 2 is followed", V1, "a profile of both variables",
        lambda theirs, ours: theirs.replace(stdout=ours.stdout, requests=ours.requests)
        if [r["signature"]["key"] for r in ours.requests] == ["AKIAC000000000000000"]
        else theirs,
    ),
    Difference(
        "AWS_REGION", "version 1 looks at AWS_DEFAULT_REGION only; version 2 is followed", V1, "both variables|only the newer variable",
        lambda theirs, ours: theirs.replace(status=ours.status, sentence=ours.sentence, stdout=ours.stdout, requests=ours.requests)
        if ours.status == 0 and [r["signature"]["region"] for r in ours.requests] == ["eu-west-1"]
        else theirs,
    ),
    Difference(
        "empty keys of a file", "the original signs with no key, which nobody accepts", BOTH, "empty keys of a file",
        refuses(255, "Partial credentials found in shared-credentials-file, missing: aws_access_key_id"),
    ),
    Difference(
        "an empty region in the environment", "the original signs for a region without a name, which nobody accepts", BOTH, "an empty region",
        refuses(253, 'You must specify a region. You can also configure your region by running "aws configure".'),
    ),
    Difference(
        "an empty region of the option", "the original signs for a region without a name, which nobody accepts", BOTH, "an empty region of the flag",
        refuses(255, "Provided region_name '' doesn't match a supported format."),
    ),
    Difference(
        "hosts of a partition that Debian's version is too old for", "the newer host is the right one", V2, "endpoint of eu-isoe-west-1",
        lambda theirs, ours: theirs.replace(
            requests=tuple(
                {name: part.replace("amazonaws.com", "cloud.adc-e.uk") if isinstance(part, str) else part for name, part in request.items()}
                for request in theirs.requests
            )
        ),
    ),
    Difference(
        "legacy endpoints", "version 2 has given the setting up", V1, "legacy endpoints",
        lambda theirs, ours: theirs.replace(
            requests=tuple(
                {name: part.replace("sts.amazonaws", "sts.us-east-1.amazonaws") if isinstance(part, str) else part for name, part in request.items()}
                for request in theirs.requests
            )
        ),
    ),
    Difference(
        "FIPS together with an endpoint of one's own", "who asks for FIPS and would not get it is told so", BOTH, "fips here",
        refuses(255, "Invalid Configuration: FIPS and custom endpoint are not supported"),
    ),
    Difference(
        "an endpoint that is no URL", "newer versions than these say which option is wrong, and end with 252", BOTH, "an endpoint (without a scheme|of another scheme|of nothing)",
        lambda theirs, ours: theirs.replace(status=252, sentence=ours.sentence)
        if theirs.status and re.fullmatch(r'Bad value for --endpoint-url "[^"]*": scheme is missing.  Must be of the form http://<hostname>/ or https://<hostname>/', ours.sentence)
        else theirs,
    ),
    Difference(
        "a port that is none", "theirs is the exception of an interpreter", V1, "an endpoint with a bad port",
        says("^Port could not.*", 'Could not connect to the endpoint URL: "http://127.0.0.1:port/"'),
    ),
    Difference(
        "plain HTTP through a proxy", "our HTTP client asks the proxy for a tunnel", BOTH, "an endpoint through the proxy", through_a_tunnel,
    ),
    Difference(
        "a bundle of certificates that cannot be read", "theirs is the exception of an interpreter; ours names the file", BOTH, "an authority .*",
        own_words(".*(SSL validation failed|invalid path|Could not find).*", 'The CA bundle "[^"]*" cannot be read: .*'),
    ),
    Difference(
        "unverified connections", "the original warns of each, although the option says it already", BOTH, "unverified", says("^.*InsecureRequestWarning.*$", ""),
    ),
    Difference(
        "an output that does not exist", "the original asks first and refuses then: credentials that nobody sees", BOTH, "bad output of the (environment|profile)",
        lambda theirs, ours: theirs.replace(requests=()),
    ),
    Difference(
        "a retry mode that does not exist", "there is one mode here, the standard one, so the setting is not read", BOTH, "a retry mode that is none",
        accepts('Invalid value provided to "mode": "often" .*', ("Action", "GetCallerIdentity"), ("Version", "2011-06-15")),
    ),
    Difference(
        "a services section that is not there", "a misspelt section would send secrets to AWS; newer versions than these refuse it too", V1, "services that are not there",
        refuses(253, 'The profile is configured to use the services section "nope" but it is not present in the config file.'),
    ),
    Difference(
        "what is said of too few attempts", "the words of version 2", V1, "attempts of none", says(r"equal to 1\.$", "equal to one."),
    ),
    Difference(
        "what is said of a wrong time format", "version 1 has one more", V1, "a time of another format", says('"none", ', ""),
    ),
]  # fmt: skip
