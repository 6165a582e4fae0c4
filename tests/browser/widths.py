"""Whether a page fits its window, and what does not."""

from playwright.sync_api import Page

_PAST_THE_EDGE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > width)
    .map((element) => element.outerHTML.slice(0, 200));
}"""


def past_the_edge(page: Page) -> list[str]:
    """What makes a page wider than its window; nothing when it is not."""
    found: list[str] = page.evaluate(_PAST_THE_EDGE)
    return found
