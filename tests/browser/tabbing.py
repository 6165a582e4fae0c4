"""Walking a page by keyboard, and seeing where one is."""

from playwright.sync_api import Page

# The pages of tests have fewer stops.
_MOST_STOPS = 200

# A link may be broken over two lines, so each line is looked at by itself.
_LOOK = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const middle = (start, length, end) => Math.max(1, Math.min(start + length / 2, end - 1));
  const is_seen = [...element.getClientRects()].some((box) => element.contains(
    document.elementFromPoint(middle(box.x, box.width, innerWidth),
      middle(box.y, box.height, innerHeight))));
  return {is_seen, is_head: element.closest("thead") !== null,
    html: element.outerHTML.slice(0, 200)};
}"""


def tab_through(page: Page) -> tuple[int, list[str]]:
    """Press Tab from the top of a page to its end. Returns how many stops are in heads of tables,
    and every stop of the page that cannot be seen while it has the focus."""
    heads, unseen = 0, []
    for _stop in range(_MOST_STOPS):
        page.keyboard.press("Tab")
        at = page.evaluate(_LOOK)
        if at is None:
            return heads, unseen
        heads += at["is_head"]
        if not at["is_seen"]:
            unseen.append(at["html"])
    raise AssertionError("the page has no end by Tab")
