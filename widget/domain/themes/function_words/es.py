"""Function words of Spanish."""

FUNCTION = """
el la los las lo un una unos unas este esta estos estas ese esa esos esas eso esto aquel aquella
aquellos aquello yo me mi mis mí mío tú te ti tu tus él ella ello le les se sí su sus suyo
nosotros nos nuestro nuestra nuestros nuestras vosotros os vuestro usted ustedes ellos ellas uno
alguien algo alguno alguna algunos algunas algún que qué quien quién quienes cual cuál cuales
cuando cuándo donde dónde como cómo cuanto cuánto porque por cuyo cuya y e o u pero sino si pues
aunque mientras entonces así también además luego a al de del en con para desde hasta entre sobre
hacia según ante bajo contra tras durante dentro mediante soy eres es somos son era eras eran fui
fue fueron sido ser sea sean sería siendo estoy está estás estamos están estaba estaban estuvo
estar estado estando he has ha hemos han había habían hubo haber hay haya hayan tengo tiene tienen
tenía tenían tuve tuvo tuvieron tener hago hace hacen hizo hacer hecho puedo puede pueden podía
pudo poder podría debe deben debería voy va van iba ir muy más menos mucho mucha muchos muchas
poco poca tan tanto tanta todo toda todos todas otro otra otros otras cada mismo misma mismos tal
tales ya aún todavía siempre solo sólo aquí ahí allí ahora favor
"""

NEGATIONS = """
no nunca jamás nada nadie ningún ninguno ninguna ningunos sin ni tampoco apenas
"""
