"""Function words of Polish."""

FUNCTION = """
ten ta to te ci tego tej tym tych temu tymi tę tą tamten tamta taki taka takie takich ja mnie mną
mi mój moja moje mojego mojej moim moją moich ty ciebie cię tobie tobą twój twoja on ona ono oni
one jego jej jemu go mu ją nim nią niego niej ich im nimi nich my nas nam nami nasz nasza nasze
naszego wy was wam wami wasz się siebie sobie swój swoja swoje swojego ktoś coś ktokolwiek sam
sama samo kto kogo komu co czego czemu czym który która które którego której którym których którą
jaki jaka jakie kiedy gdzie skąd dokąd dlaczego jak ile i a oraz lub albo czy ale lecz jednak więc
zatem bo ponieważ gdyż że żeby aby by jeśli jeżeli gdy chociaż choć także też również natomiast
czyli w we z ze do od na o po przy przez przed za pod nad dla u między wśród podczas poza według
mimo około jestem jesteś jest jesteśmy są był była było byli były być będę będzie będą byłoby
byłby mam masz ma mamy macie mają miał miała miało mieć mogę może można mogą mógł mogła możemy
trzeba musi muszę musiał musiałem musiałam chcę chce zostać został została zostało bardzo tak już
jeszcze tylko dużo mało wiele więcej mniej trochę każdy każda każde wszystko wszystkie wszyscy
inny inna inne innych zawsze teraz tu tutaj tam wtedy potem no nawet właśnie raczej chyba proszę
"""

NEGATIONS = """
nie nigdy nic niczego nikt nikogo nigdzie żaden żadna żadne żadnego żadnej żadnych bez ani
"""
