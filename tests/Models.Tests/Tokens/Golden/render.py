#!/usr/bin/env python3
"""Makes the golden renderings with Jinja2 itself (Debian: python3-jinja2; made with 3.1.6).

    python3 render.py ../../../../../shared/tokenizers

Reads snippets.json (template snippets of our own) and conversations.json beside this file and the published templates below the folder
given; writes snippets.golden.json and conversations.golden.json. The environment is that of Hugging Face transformers.
"""
import datetime
import json
import pathlib
import sys

import jinja2
import jinja2.ext
import jinja2.nodes
import jinja2.sandbox

HERE = pathlib.Path(__file__).parent
NOW = datetime.datetime(2025, 3, 7, 9, 5, 4, 123456)


class Generation(jinja2.ext.Extension):
    """{% generation %}: the text of the assistant, marked for training; rendered as it is."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("render"), [], [], body).set_lineno(line)

    def render(self, caller):
        return caller()


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def environment():
    env = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols]
    )
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = NOW.strftime
    return env


def render(env, source, variables):
    """The text, or why there is none: raised on purpose, refused when compiled, or failed while it rendered."""
    try:
        template = env.from_string(source)
    except Exception as error:
        return {"error": "compile", "message": str(error)}
    try:
        return {"text": template.render(**variables)}
    except jinja2.exceptions.TemplateError as error:
        kind = "raised" if type(error) is jinja2.exceptions.TemplateError else "render"
        return {"error": kind, "message": str(error)}
    except Exception as error:
        return {"error": "render", "message": f"{type(error).__name__}: {error}"}


def read_templates(folder):
    """The chat templates below a folder, each once, by path relative to it."""
    seen = set()
    for path in sorted(folder.rglob("*.jinja")) + sorted(folder.rglob("tokenizer_config.json")):
        text = path.read_text(encoding="utf-8")
        template = text if path.suffix == ".jinja" else json.loads(text).get("chat_template")
        if template and template not in seen:
            seen.add(template)
            yield path.relative_to(folder).as_posix(), template


def write(name, value):
    (HERE / name).write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main():
    env = environment()

    snippets = json.loads((HERE / "snippets.json").read_text(encoding="utf-8"))
    variables = snippets["variables"]
    write("snippets.golden.json", [{"template": source, **render(env, source, variables)} for source in snippets["templates"]])

    if len(sys.argv) > 1:
        conversations = json.loads((HERE / "conversations.json").read_text(encoding="utf-8"))
        write(
            "conversations.golden.json",
            {
                name: {title: render(env, source, conversation) for title, conversation in conversations.items()}
                for name, source in read_templates(pathlib.Path(sys.argv[1]))
            },
        )


main()
