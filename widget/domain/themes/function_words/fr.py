"""Function words of French. Elided ones (l', d', qu'…) are known by their apostrophe."""

FUNCTION = """
le la les un une des du de au aux ce cet cette ces cela ça ceci celui celle ceux celles je me moi
mon ma mes tu te toi ton ta tes il elle on lui se soi son sa ses nous notre nos vous votre vos ils
elles leur leurs eux y en même mêmes qui que quoi dont où quel quelle quels quelles lequel
laquelle lesquels quand comment pourquoi combien et ou mais donc or car si comme lorsque puisque
parce afin alors ainsi aussi ensuite puis soit à dans par pour avec sur sous vers chez entre
depuis pendant avant après contre dès lors jusque malgré selon hors via près suis es est sommes
êtes sont étais était étions étiez étaient été être sera serait seront fut soient étant ai as a
avons avez ont avais avait avions aviez avaient eu avoir aura aurait auront ait ayant aurais vais
va vont aller fais fait faire font faut peut peux peuvent pouvait pu pouvoir dois doit doivent
devait dû devoir veux veut voulu ne très trop plus moins peu assez beaucoup tout toute tous toutes
tel telle tels autre autres quelque quelques certain certains chaque plusieurs déjà encore
toujours seulement vraiment ici là voici voilà oui quelqu'un
"""

NEGATIONS = """
pas jamais rien aucun aucune aucuns aucunes sans ni non nul nulle guère
"""
