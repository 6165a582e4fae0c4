"""The words of a request's language, found once.

The library finds out the language for every single text again, and a dashboard has a thousand.
"""

from babel.support import NullTranslations
from flask import Flask, g
from flask_babel import get_translations


def register(app: Flask) -> None:
    """Let templates say their words by these, after the library was bound to the app."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: _found().ugettext(text),
        ngettext=lambda one, several, number: _found().ungettext(one, several, number),
        newstyle=True,
        pgettext=lambda context, text: _found().upgettext(context, text),
        npgettext=lambda context, one, several, number: _found().unpgettext(
            context, one, several, number
        ),
    )


def said(text: str) -> str:
    """A text in the language of this request."""
    return str(_found().ugettext(text))


def _found() -> NullTranslations:
    if not g:
        # Outside of any request and any work of the app: nothing is translated.
        outside: NullTranslations = get_translations()
        return outside
    found: NullTranslations | None = g.get("translations")
    if found is None:
        found = g.translations = get_translations()
    return found
