"""Taking somebody out of everything that is stored.

`person` gathers who they are and what is theirs; `search` looks for them in what others wrote,
before the transaction of `actions.erase_customer`, and within it once more in what is newer.
The other modules change what was found: `own_rows` empties what is theirs, `mentions` what others
wrote. Each of their functions is called inside the transaction, and returns how many rows of which
sort it changed.
"""
