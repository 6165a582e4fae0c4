"""Why scores are what they are: what sets satisfied customers' comments apart, and which reasons
go with how many points.

`counting` counts terms comment by comment, in little memory; `terms` says which of them tell the
two sides apart; `areas` sets ticked reasons against the score; `changes` compares both with the
period before; `enough` says when there is too little to say anything; `findings` is all of it
together. How shares and means are compared is `domain.scores`' business.
"""
