"""What a server process keeps in memory for as long as it runs."""

import gc


def keep_what_is_loaded() -> None:
    """Let Python never again look for unused cycles among all that is there by now.

    Modules, routes and templates stay until the process ends; looking through them stops every
    thread for a tenth of a second, whoever's request that happens to be.
    """
    gc.collect()
    gc.freeze()
    collect_seldom()


def collect_seldom() -> None:
    """Let Python look for unused cycles after some ten thousand new objects, not some hundred.

    Rows of a database are read in thousands and hold no cycles: looking through them as they come
    took a fifth of an export's time. What is found later is a few megabytes.
    """
    gc.set_threshold(20_000, 20, 50)
