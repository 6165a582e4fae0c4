"""Taking somebody out of everything that is stored.

`person` gathers who they are and what is theirs, `own_rows` empties what is theirs, and `mentions`
looks for them in what others wrote. Each function is called inside the transaction of
`actions.erase_customer`, and returns how many rows of which sort it changed.
"""
