"""What a server process keeps in memory for as long as it runs."""

import gc


def keep_what_is_loaded() -> None:
    """Let Python never again look for unused cycles among all that is there by now.

    Modules, routes and templates stay until the process ends; looking through them stops every
    thread for a tenth of a second, whoever's request that happens to be.
    """
    gc.collect()
    gc.freeze()
