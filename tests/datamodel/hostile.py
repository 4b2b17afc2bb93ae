"""Documents that are made to cost much: tests see that each is refused, the benchmark how soon."""

MONTH = "year: 2020, month: 5"


def spread(count: int, of: str) -> str:
    """So many of something, each with its number for `#`."""
    return " ".join(of.replace("#", str(number)) for number in range(count))


HOSTILE = {
    "deep selections": f"{{ inboundCalls(search: {{ {MONTH} }}) " + "{ a" * 5_000 + " }" * 5_000 + "}",
    "deep fragments": "{ " + "... { " * 5_000 + "me { name }" + " }" * 5_000 + "}",
    "deep lists": f"{{ inboundCallsCount(search: {{ {MONTH}, sentiment: {'[' * 5_000}{']' * 5_000} }}) }}",
    "one field many times": f"{{ inboundCalls(search: {{ {MONTH} }}) {{ {'id ' * 5_000}}} }}",
    "many aliases": f"{{ inboundCalls(search: {{ {MONTH} }}) {{ {spread(3_000, 'a#: id')} }} }}",
    "many roots": f"{{ {spread(500, f'a#: inboundCallsCount(search: {{ {MONTH} }})')} }}",
    "twenty-one roots": f"{{ {spread(21, 'a#: me { name }')} }}",
    "many roots by fragments": f"{{ {spread(90, '...f#')} }} "
    + spread(90, "fragment f# on Query { a#: me { name } b#: me { name } }"),
    "unknown fields": f"{{ {spread(1_500, 'x#')} }}",
    "a long name": f"{{ {'x' * 190_000} }}",
    "fragment cycle": "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
    "fragment bomb": "{ ...f0 } "
    + " ".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(95))
    + " fragment f95 on Query { me { name } }",
    "fields bomb": f"{{ inboundCalls(search: {{ {MONTH} }}) {{ ...f0 }} }} "
    + " ".join(f"fragment f{n} on InboundInteraction {{ {spread(9, f'...f{n + 1}')} }}" for n in range(6))
    + " fragment f6 on InboundInteraction { id }",
    "many fragments": f"{{ {spread(200, '...f#')} }} " + spread(200, "fragment f# on Query { me { name } }"),
    "introspection circle": "{ __schema { types { fields { type { fields { type { fields { type { name }}}}}}}}}",
    "comments": "#\n" * 90_000 + "{ me { name } }",
    "too long": " " * 200_000 + "{ me { name } }",
    "variables": f"query ({spread(2_000, '$v#: Int')}) {{ me {{ name }} }}",
    "directives": f"{{ me {{ name {'@include(if: true) ' * 1_500}}} }}",
    "arguments": f"{{ inboundCall({spread(2_500, 'a#: 1')}) {{ id }} }}",
    "search fields": f"{{ inboundCallsCount(search: {{ {spread(2_500, 'x#: 1')} }}) }}",
    "many values": f"{{ inboundCallsCount(search: {{ {MONTH}, sentiment: [{spread(4_000, '#')}] }}) }}",
    "many texts": f"{{ inboundCallsCount(search: {{ {MONTH}, cli: {{ operator: CONTAIN, value: ["
    + spread(1_001, '"#"')
    + "] } }) }",
    "a number beyond all": f"{{ inboundCallsCount(search: {{ year: {'9' * 50_000}, month: 5 }}) }}",
    "a regular expression beyond all": f"{{ inboundCallsCount(search: {{ {MONTH}, "
    'cli: { operator: REGEXP, regexp: "((a{1000}){1000}){1000}" } }) }',
    "a regular expression that looks around": f"{{ inboundCallsCount(search: {{ {MONTH}, "
    'cli: { operator: REGEXP, regexp: "(?=a)(a+)+$" } }) }',
    "a null byte": "{ \0 }",
    "nothing": "",
}
