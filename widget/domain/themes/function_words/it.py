"""Function words of Italian. Elided ones (l', dell', un'…) are known by their apostrophe."""

FUNCTION = """
il lo la i gli le un uno una questo questa questi queste quello quella quelli quelle quel quei ciò
io me mi mio mia miei mie tu te ti tuo tua lui lei egli ella esso essa suo sua suoi sue si sé noi
ci ce nostro nostra nostri nostre voi vi ve vostro vostra loro ne qualcuno qualcosa alcuno alcuna
alcuni alcune ognuno che chi cui quale quali quando dove come quanto quanta quanti perché poiché e
ed o oppure ma però anzi se mentre anche pure dunque quindi allora così infatti invece poi di a ad
da in con su per tra fra del dello della dei degli delle al allo alla ai agli alle dal dallo dalla
dai dagli dalle nel nello nella nei negli nelle col sul sullo sulla sui sugli sulle verso presso
contro dopo prima durante dentro fino sono sei è siamo siete era eri erano fui fu furono stato
stata stati state essere sia siano sarebbe sarà essendo ho hai ha abbiamo avete hanno avevo aveva
avevano avuto avere abbia abbiano avrebbe avrei faccio fa fanno fatto fare posso può possono
poteva potuto potere potrebbe devo deve devono doveva dovuto dovere dovrebbe voglio vuole vado va
vanno andare viene vengono molto molta molti molte più meno poco poca tanto tanta tanti troppo
tutto tutta tutti tutte altro altra altri altre ogni stesso stessa tale già ancora sempre solo qui
qua lì là adesso po sì
"""

NEGATIONS = """
non no mai niente nulla nessun nessuno nessuna senza né neanche nemmeno neppure
"""
