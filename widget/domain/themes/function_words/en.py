"""Function words of English."""

FUNCTION = """
a an the this that these those here there i me my mine myself you your yours yourself he him his
himself she her hers herself it its itself we us our ours ourselves they them their theirs
themselves one someone somebody something anyone anybody anything everyone everybody everything
who whom whose which what when where why how and or but if then than so because although though
while whereas unless until since as also too either both else yet of in on at by for with about
against between into through during before after above below to from up down out off over under
around within towards upon across along among via per am is are was were be been being have has
had having do does did doing done will would shall should can could may might must ought need let
lets get gets got getting very just only even quite rather really much many more most some any all
each every other another such own same few lot lots bit now ever always already still im ive id
ill youre youve theyre theyve weve hes shes thats theres whats please yes ok okay oh
"""

NEGATIONS = """
no not never nothing nobody none nowhere neither nor without cannot hardly barely cant can't dont
don't doesnt doesn't didnt didn't isnt isn't arent aren't wasnt wasn't werent weren't wont won't
wouldnt wouldn't couldnt couldn't shouldnt shouldn't hasnt hasn't havent haven't hadnt hadn't aint
ain't mustnt mustn't neednt needn't
"""
