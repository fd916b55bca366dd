"""Derives `shorthand.jsonl` from the parsers of `aws`: run it with the Python of version 2.

One line for each text below: what it stands for, or why it is refused. `aws` has no file on its own here, so assignments
from files (`@=`) are not among them.
"""

import json
from pathlib import Path

from awscli.shorthand import ShorthandParseError, ShorthandParser

TEXTS = [
    # One value.
    "foo=bar", "foo=bar,baz=qux", "a=b,c=d,e=f", "foo=", "foo=,bar=", "foo=✓", "foo=✓,✓", "f-o_o.1=x", "a/b=c", "a:b=c", "a#b=c", "@a=b",
    # Several values.
    "foo=a,b", "foo=a,b,c", "foo=a,b,bar=c,d", "foo=a,b,c,bar=d,e,f", "foo=a,,b", "foo=a,b,,", "foo=,a", "foo=,,",
    # Lists.
    "foo=[]", "foo=[a]", "foo=[a,b]", "foo=[a,b,c]", "foo=[a,b],bar=c,d", "foo=[a,b],bar=[c,d]", "foo=a,b,bar=[c,d]", "foo=[a=b,c=d]",
    "foo=[ a , b  , c  ]", "foo  =  [ a , b  , c  ]", "foo=[,,]", "foo=[a,]", "foo=[,a]", "foo=[[a],[b]]", "foo=[[]]", "foo=['a,b',c]",
    # Quotes.
    "foo='bar'", "foo='bar,baz'", "foo='bar','baz'", "foo=bar,'baz'", "foo=bar,'baz=qux'", "foo=bar,'--option=bar space'", "foo='bar\\'baz'",
    "foo='bar\\\\baz'", 'foo="bar"', 'foo="bar,baz"', 'foo="bar","baz"', 'foo=bar,"baz=qux"', 'foo=bar,"--option=bar space"', 'foo="bar\\"baz"',
    'foo="bar\\\\baz"', "foo=''", 'foo=""', "foo='',''", "foo='a\\nb'", "foo='a\nb'", "foo=\"it's\"", "foo='say \"x\"'", "foo='a'b", "foo=a'b'",
    "foo='a' , 'b'", "foo='a' ,bar='b'",
    # Escaped commas.
    "foo=a\\,b", "foo=a\\,", "foo=\\,", "foo=a,b\\,c", "foo=a,b\\,", "foo=a,\\,bc", "foo=a\\b", "foo=a\\\\,b", "foo=a\\=b",
    # Blanks.
    "foo= bar", "foo =bar", "foo = bar", "foo  =   bar", "foo = bar,baz = qux", "a = b,  c = d , e = f", "foo = ", "a=b,c=  d,  e,  f",
    "Name=foo,Values=  a  ,  b  ,  c  ", "Name=foo,Values= a,  b  ,  c", "Name=foo,\nValues=a,b,c", "A=b,\nC=d,\nE=f\n", " foo=bar", "foo=a b c",
    "foo=a\tb", "foo=\u00a0a", "foo=a\u3000", "\tfoo\t=\tbar\t",
    # Maps.
    "Name={foo=bar,baz=qux}", "Name={foo=[a,b,c],bar=baz}", "Name={foo=bar},Bar=baz", "Bar=baz,Name={foo=bar}", "a={b={c=d}}",
    "a={b={c=d,e=f},g=h}", "Name=[{foo=bar}, {baz=qux}]", "Name=[{foo=[a,b]}, {bar=[c,d]}]", "a={}", "a={b=}", "a={b=,c=d}", "a={ b = c }",
    "a=[{}]", "a={b=c,}", "a={b='x,y'}",
    # Equals signs.
    "a=b=c", "a==b", "a=b==", "arn=arn:aws:iam::123456789012:policy/p", "a=https://h/?x=y&z", "Key=a,Value=b=c,Other=d",
    # What is refused.
    "foo", "", "=", "=a", ",", ",a=b", "foo=\"bar", "foo='bar", "foo=[bar", "foo={bar", "foo={bar}", "foo={bar=bar", "foo=bar,", "foo=a,b,",
    "foo=[a", "foo=[a b", "foo=[a]b", "foo={a=b}c", "foo=[a}", "foo={a=b]", "a=b,a=c", "a=b,c=d,a=e", "a={b=c,b=d}", "foo bar=x", "foo=]", "foo=}",
    "foo=a]", "foo=a}", "foo=a[b", "foo=a{b", "a=b c=d", "a=b;c=d", "a\n=b", "foo=bar,\n\nbaz", "a=b,\nc", "foo='a''b'", "a=[b=[c]]", "a={=b}",
    "a={b}", "a=b,{c=d}", "a=b,[c]", "\"a\"=b", "'a'=b",
]  # fmt: skip


def row(text):
    try:
        return [text, ShorthandParser().parse(text), None]
    except ShorthandParseError as error:
        return [text, None, str(error)]
    except Exception as error:
        return [text, None, f"{type(error).__name__}"]


if __name__ == "__main__":
    rows = [json.dumps(row(text), ensure_ascii=False) for text in TEXTS]
    Path(__file__).with_suffix(".jsonl").write_text("\n".join(rows) + "\n")
