"""What a mail says in one language, by the rules that the survey's own pages follow."""

from dataclasses import dataclass, field

from widget.domain import wording
from widget.domain.languages import normal_tag
from widget.domain.mail_wording import SurveyMail
from widget.domain.surveys import Definition
from widget.translations import LANGUAGES, direction, match_language, translate


def choose_language(wanted: str, definition: Definition, mail: SurveyMail) -> str:
    """The language to write in: the customer's if the team or Sayso has words for it."""
    tag = normal_tag(wanted) if wanted else None
    offered = list(dict.fromkeys((*definition.languages, *mail.texts, *LANGUAGES)))
    return (match_language([tag], offered) if tag else None) or definition.main_language


@dataclass(frozen=True)
class Words:
    """The words of one survey's mails in one language. `company` is the workspace's name.

    Each text is looked up once, however many mails say it.
    """

    definition: Definition
    language: str
    company: str
    _texts: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def direction(self) -> str:
        return direction(self.language)

    def say(self, builtin: str, **values: str) -> str:
        """A built-in text, `{values}` filled in."""
        for tag in (self.language, self.definition.main_language):
            if tag.split("-")[0] in LANGUAGES:
                return _filled(translate(builtin, tag), values)
        return _filled(builtin, values)

    def sentence(self, key: str, member: str, customer: str) -> str:
        """One of the survey's own texts, placeholders filled in."""
        return self.filled(self._text(key), member, customer)

    def point_name(self, name: str) -> str:
        """The accessible name of a point: a number as it is, a word translated."""
        return name if name.isdigit() else self.say(name)

    def filled(self, text: str, member: str, customer: str) -> str:
        """A text of the team's with its placeholders filled in, or with what stands for them."""
        known: dict[wording.PlaceholderName, str] = {
            "member": member or self._text("member_fallback"),
            "customer": customer or self._text("customer_fallback"),
            "company": self.company or self._text("company_fallback"),
        }
        return wording.fill(text, known)

    def _text(self, key: str) -> str:
        if key not in self._texts:
            self._texts[key] = self.definition.text(key, self.language, _built_in).value
        return self._texts[key]


def _filled(text: str, values: dict[str, str]) -> str:
    return text.format(**values) if values else text


def _built_in(text: str, language: str) -> str | None:
    return translate(text, language) if language.split("-")[0] in LANGUAGES else None
