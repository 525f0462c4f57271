#!/usr/bin/env python3
"""describe.py WHAT PROGRAM|DESCRIPTION.json [TEMPLATE]: prints what follows from the program's own
tables, which `ppt-omp describe --json` tells. WHAT is one of

    schema    config/schema.json, the JSON Schema of configurations:
              scripts/describe.py schema build/ppt-omp > config/schema.json
    bash, zsh, fish
              a completion, of its template in scripts/completions/
    manual    the manual page, of docs/ppt-omp.1.scd

The build makes all but the schema, which stands in the tree for editors and is compared by a test.
"""

import json
import pathlib
import re
import subprocess
import sys
import textwrap

# ---- the schema ----

# What counts.h reads; what depends on the machine is for worker counts alone.
COUNT = r"[0-9]+(-[0-9]+(:[+*]?[0-9]+(\.[0-9]+)?)?)?"

# What range.h reads, by itself, in a list, or as numbers.
NUMBER = r"-?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?([KMG]i?)?"
ENTRY = f" *{NUMBER}(-{NUMBER}(:[+*]?{NUMBER})?)? *"


def ranges(*words, **bounds):
    """A number, a text or a list of both; words are texts that mean something else."""
    number = {"type": "number", **bounds}
    texts = "|".join([f"{ENTRY}(,{ENTRY})*", *words])
    text = {"type": "string", "pattern": f"^({texts})$"}
    several = {"type": "array", "minItems": 1, "items": {"anyOf": [number, text]}}
    return {"anyOf": [number, text, several]}


# What amount.h reads.
AMOUNT = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)? *([a-zA-Zµ]+)?$"}

CHUNK = ",0*([1-9][0-9]{0,8}|1000000000)"


def chunked(key):
    """What a choice may be, as a pattern: the first ones may have a chunk."""
    count, choices = key["chunked"], key["choices"]
    first, others = "|".join(choices[:count]), "|".join(choices[count:])
    return f"^({others}|{first}({CHUNK})?)$" if others else f"^({first})({CHUNK})?$"


def count_list(key):
    """A text of counts, as a pattern."""
    entry = f" *({'|'.join([COUNT, '[0-9]+%', *key['choices']] if 'choices' in key else [COUNT])}) *"
    return {"type": "string", "pattern": f"^{entry}(,{entry})*$"}


def key_form(key):
    """What the value of a key may be."""
    form = key["form"]
    bounds = {"minimum": key.get("smallest"), "maximum": key.get("largest")}
    given = {word: bound for word, bound in bounds.items() if bound is not None}
    number = {"type": "integer", **bounds}
    several = {"type": "array", "minItems": 1, "items": number}
    if form == "choice":
        choices = key["choices"]
        return {"type": "string", "pattern": chunked(key)} if key["chunked"] else {"enum": choices}
    inner = [key_schema(one) for one in key.get("keys", ())]
    of_keys = {
        "type": "object",
        "additionalProperties": False,
        "properties": {one["key"]: form for one, form in zip(key.get("keys", ()), inner)},
    }
    return {
        "integer": number,
        "number": {"type": "number", **bounds},
        "boolean": {"type": "boolean"},
        "text": {"type": "string"},
        "file": {"type": "string", "minLength": 1},
        "list": {"anyOf": [*({"const": word} for word in key.get("choices", ())), several,
                           count_list(key)]},
        "number or list": {"anyOf": [number, several, count_list(key)]},
        "number or range": ranges(**given),
        "numbers": several,
        "ranges": {"type": "object", "minProperties": 1, "additionalProperties": ranges("per_worker")},
        "arguments": {"type": ["array", "object"]},
        "amount": {"anyOf": [{"type": "number", **given}, AMOUNT]},
        "object": of_keys,
        "one of": {**of_keys, "minProperties": 1, "maxProperties": 1},
        "choice or times": {
            "anyOf": [
                {"enum": key.get("choices")},
                {"type": "array", "minItems": 1, "items": {"type": "number", "minimum": 0}},
            ]
        },
        "list of arguments": {
            "type": "array",
            "minItems": 1,
            "items": {"type": ["array", "object"]},
        },
        # A number is short for an object with the first of its keys.
        "number or object": {"anyOf": [*inner[:1], of_keys, {"type": "null"}]},
        "configurations": {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/run"}},
        "anything": {},
    }[form]


def key_schema(key):
    """The same with what an editor shows."""
    form = key_form(key)
    if key["or_null"] and "type" in form:
        form["type"] = [form["type"], "null"]
    default = {} if key["default"] is None else {"default": key["default"]}
    return {**form, **default, "description": key["help"]}


def value_schema(parameter):
    """What one argument may be."""
    kind = parameter["kind"]
    number = {"minimum": parameter.get("smallest"), "maximum": parameter.get("largest")}
    texts = {"type": "array", "minItems": 1, "items": {"type": "string"}}
    return {
        "integer": {"type": "integer", **number},
        "number": {"type": "number", **number},
        "choice": {"enum": parameter.get("choices")},
        "[low, high]": {
            "type": "array",
            "minItems": 2,
            "maxItems": 2,
            "items": {"type": "integer", **number},
        },
        "[files]": {"anyOf": [{"type": "string"}, texts]},
        "inputs": {
            "anyOf": [
                {"type": ["string", "number"]},
                {"type": "array", "items": {"type": ["string", "number"]}},
                {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "minLength": 1},
                        "null": {"type": "boolean"},
                    },
                },
            ]
        },
        "words": {
            "anyOf": [
                {"type": ["string", "number"]},
                {**texts, "items": {"type": ["string", "number"]}},
            ]
        },
    }[kind]


def described(parameter):
    """With what an editor shows."""
    unit = f" ({parameter['unit']})" if parameter["unit"] else ""
    return {
        **value_schema(parameter),
        "description": parameter["help"] + unit,
        "default": parameter["default"],
    }


def members(parameters):
    """An object of arguments by name."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {p["name"]: described(p) for p in parameters},
    }


def slots(parameters):
    """Places of the positional list: parameters of a group share one, as an object."""
    places = []
    for parameter in parameters:
        group = parameter["group"]
        if group and places and places[-1][0] == group:
            places[-1][1].append(parameter)
        else:
            places.append((group, [parameter]))
    return places


def positional(parameters):
    """A list of arguments in their order. Words take all that is left of it."""
    places = slots(parameters)
    words = parameters[0]["kind"] == "words" if parameters else False
    if words:
        return {
            "type": "array",
            "minItems": 1,
            "items": {"type": ["string", "number"]},
            "description": parameters[0]["help"],
        }
    return {
        "type": "array",
        "minItems": sum(not group[0]["optional"] for _, group in places),
        "maxItems": len(places),
        "items": [members(group) if name else described(group[0]) for name, group in places],
    }


# As if there were no list.
DEFAULTS = {"type": "array", "maxItems": 0, "description": "every argument's default"}

# Whether an object says itself what to run, rather than inheriting it.
SAYS_WHAT = {"anyOf": [{"required": ["task"]}, {"required": ["kernel"]}]}


def of_task(name, summary):
    """The arguments that go with a task: of the object that names it, and of a suite's runs that
    inherit it."""
    arguments = {"task_args": {"$ref": f"#/definitions/arguments/{name}"}}
    inherits = {"if": {"not": SAYS_WHAT}, "then": {"properties": arguments}}
    return {
        "if": {
            "required": ["task"],
            "properties": {"task": {"const": name}},
            "not": {"required": ["kernel"]},
        },
        "then": {
            "properties": {
                "task": {"description": summary},
                **arguments,
                "runs": {"items": inherits},
            }
        },
    }


def schema(about):
    """The whole schema. Draft 7, which editors and validators of today all know."""
    kernels = about["kernels"]
    of_keys = {key["key"]: key_schema(key) for key in about["keys"]}
    of_runs = of_keys.pop("runs")
    mix = {
        "type": "array",
        "items": {"enum": [kernel["name"] for kernel in kernels if kernel["in_random_mix"]]},
        "description": "tasks to draw from; all when empty",
    }
    arguments = {
        kernel["name"]: {
            "anyOf": [
                positional(kernel["parameters"]),
                members(kernel["parameters"]),
                DEFAULTS,
            ]
        }
        for kernel in kernels
    }
    arguments["random"] = mix
    summaries = {kernel["name"]: kernel["summary"] for kernel in kernels}
    summaries["random"] = "a mix of tasks"
    # A kernel from outside has a name of its own, and arguments that are not known here.
    task = {
        "if": {"required": ["kernel"]},
        "then": {"properties": {"task": {"not": {"enum": list(arguments)}}}},
        "else": {"properties": {"task": {"enum": list(arguments)}}},
    }
    tasks = {"$ref": "#/definitions/tasks"}
    run = {
        "type": "object",
        "additionalProperties": False,
        "properties": of_keys,
        "allOf": [tasks],
    }
    keys = {key: {"$ref": f"#/definitions/run/properties/{key}"} for key in of_keys}
    nothing_to_inherit = {
        "if": {"not": SAYS_WHAT},
        "then": {"required": ["runs"], "properties": {"runs": {"items": SAYS_WHAT}}},
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "configuration of ppt-omp",
        "type": "object",
        "additionalProperties": False,
        "properties": {**keys, "runs": of_runs},
        "allOf": [nothing_to_inherit, tasks],
        "definitions": {
            "run": run,
            "tasks": {"allOf": [task, *(of_task(*entry) for entry in summaries.items())]},
            "arguments": arguments,
        },
    }


# ---- what a user types ----


class Option:
    """An option by name, of all verbs that have one of that name."""

    def __init__(self, about, name):
        rows = [(verb, row) for verb in about["verbs"] for row in verb["options"]
                if row["name"] == name]  # fmt: skip
        told = next((row for _, row in rows if row["help"]), rows[0][1])
        self.name = name
        # Of other names the short ones: the long ones may be another verb's own.
        self.short = [other for other in (told["also"] or "").split() if other[1] != "-"]
        self.verbs = [word_of(about, verb) for verb, _ in rows]
        self.takes_value = told["takes_value"]
        self.metavar = told["metavar"]
        self.help = told["help"].replace("\n", " ").strip(" ,:;")
        keys = [key for key in about["keys"] if key["option"] == name]
        self.key = keys[0] if len(keys) == 1 else None
        self.choices = self.key.get("choices", []) if self.key else []
        if name == "--format":
            self.choices = about["formats"] + ["env"]  # the last is of answer
        if name == "--program-output":
            command = next(k for k in about["kernels"] if k["name"] == "command")
            self.choices = next(p for p in command["parameters"] if p["name"] == "output")["choices"]

    def value(self):
        """What its value is: "none", "tasks", "words", "configurations", "files", "folder" or
        "other"."""
        if not self.takes_value:
            return "none"
        if self.name == "--task":
            return "tasks"
        if self.choices:
            return "words"
        if self.name == "--config":
            return "configurations"
        return {"FILE": "files", "FILE.so": "files", "DIR": "folder"}.get(self.metavar, "other")


def word_of(about, verb):
    """The default verb has no word of its own; here it is "run"."""
    return "run" if verb is about["verbs"][0] else verb["name"]


def options_of(about):
    """All of them, each name once, in the order of --help."""
    names = dict.fromkeys(row["name"] for verb in about["verbs"] for row in verb["options"])
    return [Option(about, name) for name in names]


def named_verbs(about):
    return about["verbs"][1:]


def operand_of(verb):
    """What a verb's operand is called; "": it takes none."""
    return (verb["form"].split() + [""])[1].rstrip(".")


FOLDERS, TABLES = ("RUN_DIR", "OLD"), ("FILE.csv",)
GENERAL = ["--help", "--version"]


def names_of(verb, general):
    return [row["name"] for row in verb["options"]] + general


def bash(about, template):
    by_value = {}
    for option in options_of(about):
        by_value.setdefault(option.value(), []).append(option)
    values = []
    for option in by_value["words"]:
        reply = f"compgen -W '{' '.join(option.choices)}'"
        values += [f"    {' | '.join([option.name, *option.short])})", f'        mapfile -t COMPREPLY < <({reply} -- "$word")',
                   "        return", "        ;;"]  # fmt: skip
    for kinds, reply in ((("tasks",), 'compgen -W "$(_ppt_omp_kernels) random"'),
                         (("folder",), "compgen -d"),
                         (("configurations", "files"), "compgen -f")):  # fmt: skip
        names = " | ".join(o.name for kind in kinds for o in by_value[kind])
        values += [f"    {names})", f'        mapfile -t COMPREPLY < <({reply} -- "$word")',
                   "        return", "        ;;"]  # fmt: skip
    values += [f"    {' | '.join(o.name for o in by_value['other'])})", "        return", "        ;;"]
    run, *others = about["verbs"]
    options = [f"    '') options='{' '.join(names_of(run, GENERAL))}' ;;"]
    options += [f"    {verb['name']}) options='{' '.join(names_of(verb, GENERAL[:1]))}' ;;"
                for verb in others]  # fmt: skip
    operands = []
    for kinds, flag in ((FOLDERS, "-d"), (TABLES, "-f")):
        names = " | ".join(verb["name"] for verb in others if operand_of(verb) in kinds)
        operands.append(f'    {names}) mapfile -t COMPREPLY < <(compgen {flag} -- "$word") ;;')
    return fill(template, {
        "VERBS": " ".join(verb["name"] for verb in others),
        "VALUES": "\n".join(values),
        "OPTIONS": "\n".join(options),
        "OPERANDS": "\n".join(operands),
    })  # fmt: skip


def zsh_option(option, kind):
    about = option.help.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    action = {
        "none": "",
        "tasks": ":task:_ppt_omp_tasks",
        "words": f":{option.name[2:]}:({' '.join(option.choices)})",
        "configurations": ':file:_files -g "*.json"',
        "files": ":file:_files",
        "folder": ":folder:_files -/",
        "other": f":{option.name[2:]}:",
    }[kind]
    return " ".join(shell_quoted(f"{name}[{about}]{action}")
                    for name in [option.name, *option.short])


def shell_quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def zsh(about, template):
    known = {option.name: option for option in options_of(about)}

    def specs_of(verb, general):
        for row in verb["options"]:
            kind = known[row["name"]].value()
            # Another option of the same name, which is no setting: a number.
            other = kind == "words" and not row["help"]
            yield zsh_option(known[row["name"]], "other" if other else kind)
        yield from (f"'{name}[{name[2:]}]'" for name in general)

    cases = []
    for verb in named_verbs(about):
        operand = operand_of(verb)
        last = ["'*:run:_files -/'"] if operand in FOLDERS else \
               ["'*:table:_files -g \"*.csv\"'"] if operand in TABLES else \
               ["'2:kernel:_ppt_omp_kernels'", "'*:argument:_files'"] if operand else \
               ["'*: :'"]  # fmt: skip
        specs = [*specs_of(verb, GENERAL[:1]), *last]
        cases.append(f"    ({verb['name']})\n      _arguments " + " \\\n        ".join(specs) + " ;;")
    return fill(template, {
        "VERBS": "|".join(verb["name"] for verb in named_verbs(about)),
        "SUMMARIES": "\n".join("    " + shell_quoted(f"{verb['name']}:{verb['summary']}")
                               for verb in named_verbs(about)),
        "CASES": "\n".join(cases),
        "RUN": " \\\n".join("        " + spec for spec in specs_of(about["verbs"][0], GENERAL)),
    })  # fmt: skip


def fish_quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish(about, template):
    verbs = [f"complete -c ppt-omp -n $no_verb -a {verb['name']} -d {fish_quoted(verb['summary'])}"
             for verb in named_verbs(about)]  # fmt: skip
    lines = []
    for option in options_of(about):
        action = {
            "none": "",
            "tasks": " -x -a '(__ppt_omp_kernels) random'",
            "words": f" -x -a '{' '.join(option.choices)}'",
            "folder": " -r",
            "other": " -x",
        }.get(option.value(), " -r -F")
        lines.append(f"complete -c ppt-omp -n '__ppt_omp_verb {' '.join(option.verbs)}'"
                     f" -l {option.name[2:]}{''.join(f' -s {s[1]}' for s in option.short)}{action}"
                     f" -d {fish_quoted(option.help)}")  # fmt: skip
    return fill(template, {
        "VERBS": " ".join(verb["name"] for verb in named_verbs(about)),
        "SUMMARIES": "\n".join(verbs),
        "OPTIONS": "\n".join(lines),
    })  # fmt: skip


def fill(template, parts):
    """Puts parts in the place of @NAMES@, all of which there must be."""
    for name, text in parts.items():
        if f"@{name}@" not in template:
            raise SystemExit(f"the template lacks @{name}@")
        template = template.replace(f"@{name}@", text)
    return template


# ---- the manual ----

MARK = "# OPTIONS OF A MEASUREMENT\n"


def sentence(text):
    text = re.sub(r"([\\_*])", r"\\\1", text)
    return text[0].upper() + text[1:] + ("" if text.endswith(".") else ".")


def told(option):
    """An option in the words of its row, or its key's."""
    if not option.key:
        return sentence(option.help)
    key = option.key
    parts = [sentence(key["help"])]
    if key["form"] == "choice":
        parts.append(sentence("one of " + ", ".join(key["choices"])
                              + ('; or with a chunk: ' + key["choices"][0] + ",4"
                                 if key["chunked"] else "")))  # fmt: skip
    if key["default"] is not None:
        default = key["default"] if isinstance(key["default"], str) else json.dumps(key["default"])
        parts.append(sentence(f"the default is {default}"))
    return " ".join(parts)


def entry(option, prose, verbs):
    """What the manual says of one."""
    value = f" _{option.metavar}_" if option.metavar else ""
    also = [f"*{verb}*" for verb in verbs]
    of_verbs = ", ".join(also[:-1]) + " and " * (len(also) > 1) + "".join(also[-1:])
    words = prose.get(option.name) or told(option)
    if "run" in option.verbs:
        words += f" Also of {of_verbs}." * bool(also)
    else:
        words = f"Of {of_verbs}. " + words
    body = textwrap.wrap(words, 96, break_long_words=False, break_on_hyphens=False)
    names = ", ".join(f"*{name}*" for name in [option.name, *option.short])
    return f"{names}{value}\n" + "\n".join("\t" + line for line in body) + "\n"


def manual(about, template):
    """Every option in the place of those that the page says more of than their rows do."""
    before, behind = template.split(MARK)
    own, after = behind.split("\n# ", 1)
    prose = {
        name: " ".join(body.split())
        for name, body in re.findall(r"^\*(--[a-z-]+)\*.*\n((?:\t.*\n)+)", own, re.M)
    }
    options = options_of(about)
    if set(prose) - {option.name for option in options}:
        raise SystemExit("the manual tells of options that are not there")
    run = [entry(o, prose, [v for v in o.verbs if v != "run"]) for o in options if "run" in o.verbs]
    others = [entry(o, prose, o.verbs) for o in options if "run" not in o.verbs]
    general = "*--help*, *--version*\n\tSay what they say.\n"
    return "\n".join([before + MARK, *run, "# OTHER OPTIONS\n", *others, general, "# " + after])


MAKERS = {"bash": bash, "zsh": zsh, "fish": fish, "manual": manual}


def main():
    what, source = sys.argv[1:3]
    if source.endswith(".json"):
        about = json.loads(pathlib.Path(source).read_text(encoding="utf-8"))
    else:
        done = subprocess.run([source, "describe", "--json"], capture_output=True, check=True)
        about = json.loads(done.stdout)
    # Those without a form are for the build alone, as this is.
    about["verbs"] = [verb for verb in about["verbs"] if verb["form"]]
    if what == "schema":
        print(json.dumps(schema(about), indent=2))
    else:
        template = pathlib.Path(sys.argv[3]).read_text(encoding="utf-8")
        sys.stdout.write(MAKERS[what](about, template))


if __name__ == "__main__":
    main()
