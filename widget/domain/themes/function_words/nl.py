"""Function words of Dutch."""

FUNCTION = """
de het een deze dit die dat zo'n zulke ik me mij mijn mijne jij je jou jouw u uw hij hem zijn zij
ze haar hun hen wij we ons onze jullie zich zelf iemand iets men elkaar wie wat welke welk wanneer
waar waarom hoe hoeveel waarmee waarin waarop waardoor en of maar want dus als dan toen omdat
doordat hoewel terwijl voordat nadat zodat tenzij indien ook toch echter daarom in op aan van voor
met bij naar uit over onder tussen door tegen tot te ter ten om rond binnen buiten sinds tijdens
vanaf via per achter boven langs volgens ben bent is was waren geweest wees heb hebt heeft hebben
had hadden gehad word wordt worden werd werden geworden zal zult zullen zou zouden kan kunt kunnen
kon konden moet moeten moest moesten mag mogen mocht wil wilt willen wilde wilden doe doet doen
deed gedaan ga gaat gaan ging laat laten er hier daar hierbij daarbij daarmee daarna daarvoor erg
heel zeer zo al alle alles allemaal ander andere anders elk elke ieder iedere iedereen veel vele
weinig meer meest minder enkele sommige genoeg nog nu alleen even wel weer steeds altijd vaak eens
af toe ja graag eigenlijk
"""

NEGATIONS = """
niet niets niks nooit niemand nergens geen zonder noch nauwelijks nee
"""
