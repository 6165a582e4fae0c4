"""Function words of German."""

FUNCTION = """
der die das den dem des ein eine einen einem einer eines dieser diese dieses diesen diesem jener
jene jenes jeder jede jedes jeden jedem alle alles allen aller einige einiges manche mancher
mehrere viel viele vielen wenig wenige etwas man ich mich mir mein meine meinen meinem meiner
meines du dich dir dein deine deinen deinem deiner er ihn ihm sein seine seinen seinem seiner sie
ihr ihre ihren ihrem ihrer es wir uns unser unsere unseren unserem unserer euch euer eure ihnen
sich selbst jemand wer wen wem wessen was welche welcher welches welchen wann wo wohin woher warum
wieso weshalb wie und oder aber denn sondern doch wenn falls als ob dass daß weil da obwohl
während bevor nachdem bis damit sodass indem sowie sowohl in im ins an am ans auf aufs aus bei
beim von vom vor zu zum zur nach mit für über unter um durch gegen zwischen hinter neben seit ab
wegen trotz statt innerhalb bin bist ist sind seid war warst waren wart gewesen wäre wären habe
hast hat haben habt hatte hatten gehabt hätte hätten werde wirst wird werden werdet wurde wurden
worden geworden würde würden kann kannst können konnte konnten könnte könnten muss musst müssen
musste mussten müsste darf dürfen durfte soll sollen sollte sollten will wollen wollte wollten mag
möchte möchten lassen lässt so sehr auch nur noch schon mehr meist ganz gar eben halt mal ja dann
dort hier dabei dazu dafür davon daran darauf darüber daher also jetzt nun immer wieder zwar etwa
eher sonst bitte hin her
"""

NEGATIONS = """
nicht nichts nie niemals niemand niemanden niemandem kein keine keinen keinem keiner keines
keinerlei ohne weder kaum nein
"""
