"""Function words of Portuguese."""

FUNCTION = """
o a os as um uma uns umas este esta estes estas isto esse essa esses essas isso aquele aquela
aqueles aquilo eu me mim meu minha meus minhas tu te ti teu tua você vocês ele ela eles elas lhe
lhes se si seu sua seus suas dele dela deles delas nós nos nosso nossa nossos nossas alguém algo
algum alguma alguns algumas que quê quem qual quais quando onde como quanto quanta porque porquê
pois cujo cuja e ou mas porém então embora enquanto também assim ainda além logo portanto ao aos à
às de do da dos das em no na nas num numa por pelo pela pelos pelas para pra com desde até entre
sobre sob contra após antes durante dentro sou és é somos são era eram fui foi fomos foram sido
ser seja sejam seria sendo estou está estamos estão estava estavam esteve estiveram estar estado
tenho tem têm tinha tinham tive teve tiveram ter tendo tido haver há havia houve faço faz fazem
fez fazer feito posso pode podem podia pude poder poderia devo deve devem deveria vou vai vão ia
ir muito muita muitos muitas mais menos pouco pouca tão tanto tanta todo toda todos todas tudo
outro outra outros outras cada mesmo mesma tal já sempre só apenas aqui ali lá agora sim
"""

NEGATIONS = """
não nunca jamais nada ninguém nenhum nenhuma nenhuns sem nem tampouco
"""
