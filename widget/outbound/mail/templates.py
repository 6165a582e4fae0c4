"""The templates of mails, outside any application: each is compiled once and kept."""

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from widget.paths import asset_folder


@cache
def mail_template(name: str) -> Template:
    """A template under templates/mail/. Everything put into it is escaped."""
    return _environment().get_template(f"mail/{name}")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(asset_folder("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def ascii_html(html: str) -> str:
    """HTML without blank lines and with every other character as a reference: 7 bits suffice."""
    lines = (line.strip() for line in html.splitlines())
    text = "\n".join(line for line in lines if line) + "\n"
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")
