"""Comments in five languages, put together from words of our own: an opening, a subject, an end.

`MOODS` are bad, middling and good; each language has several of each, so that a search for a word
finds some and not all.
"""

from random import Random

LANGUAGES = ("en", "de", "fr", "es", "it")
MOODS = (0, 1, 2)

# By language and mood: openings, then what it was about, then ends.
_PARTS: dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...]] = {
    "en": (
        (
            ("Waited two days,", "Nobody answered,", "The third time I ask,", "I am annoyed:"),
            ("the invoice is still wrong", "my parcel never came", "the app crashes at login"),
            ("and nobody calls back.", "please fix it.", "I want a refund.", "very disappointing."),
        ),
        (
            ("It was okay,", "In the end it worked,", "Not bad,"),
            ("but the delivery took long", "though the form is confusing", "the answer was short"),
            ("next time sooner, please.", "could be clearer.", "no more to say."),
        ),
        (
            ("Quick and friendly,", "Wonderful help,", "So patient with me,", "Thank you,"),
            ("the invoice is right now", "my parcel arrived early", "the password works again"),
            ("great service!", "five minutes and done.", "keep it up!", "I recommend you."),
        ),
    ),
    "de": (
        (
            ("Zwei Tage gewartet,", "Keine Antwort erhalten,", "Zum dritten Mal gefragt,"),
            ("die Rechnung stimmt nicht", "das Paket kam nie an", "die App stürzt ab"),
            ("und niemand ruft zurück.", "bitte beheben.", "ich will mein Geld zurück."),
        ),
        (
            ("Ganz in Ordnung,", "Am Ende ging es,", "Nicht schlecht,"),
            ("aber die Lieferung dauerte", "doch das Formular verwirrt", "die Antwort war knapp"),
            ("nächstes Mal schneller.", "es könnte klarer sein.", "mehr nicht."),
        ),
        (
            ("Schnell und freundlich,", "Sehr geduldig,", "Vielen Dank,", "Großartige Hilfe,"),
            ("die Rechnung stimmt jetzt", "das Paket kam früher", "das Passwort geht wieder"),
            ("toller Service!", "in fünf Minuten erledigt.", "weiter so!", "sehr zu empfehlen."),
        ),
    ),
    "fr": (
        (
            ("Deux jours d’attente,", "Aucune réponse,", "Je redemande encore,"),
            ("la facture est fausse", "le colis n’est jamais arrivé", "l’appli plante"),
            ("et personne ne rappelle.", "corrigez cela.", "je veux être remboursé."),
        ),
        (
            ("Correct,", "Finalement ça marche,", "Pas mal,"),
            ("mais la livraison était longue", "le formulaire est confus", "réponse courte"),
            ("plus vite la prochaine fois.", "à clarifier.", "sans plus."),
        ),
        (
            ("Rapide et aimable,", "Très patient,", "Merci beaucoup,", "Aide formidable,"),
            ("la facture est juste", "le colis est arrivé tôt", "le mot de passe remarche"),
            ("excellent service !", "réglé en cinq minutes.", "continuez !", "je recommande."),
        ),
    ),
    "es": (
        (
            ("Dos días esperando,", "Nadie respondió,", "Pregunto por tercera vez,"),
            ("la factura está mal", "el paquete no llegó", "la aplicación se cierra"),
            ("y nadie llama.", "arréglenlo.", "quiero mi dinero."),
        ),
        (
            ("Regular,", "Al final funcionó,", "No está mal,"),
            ("pero la entrega tardó", "el formulario confunde", "respuesta breve"),
            ("más rápido, por favor.", "podría ser más claro.", "nada más."),
        ),
        (
            ("Rápido y amable,", "Mucha paciencia,", "Muchas gracias,", "Gran ayuda,"),
            ("la factura ya está bien", "el paquete llegó antes", "la contraseña funciona"),
            ("¡excelente servicio!", "listo en cinco minutos.", "¡sigan así!", "lo recomiendo."),
        ),
    ),
    "it": (
        (
            ("Due giorni di attesa,", "Nessuna risposta,", "Chiedo per la terza volta,"),
            ("la fattura è sbagliata", "il pacco non è arrivato", "l’app si blocca"),
            ("e nessuno richiama.", "sistematelo.", "voglio il rimborso."),
        ),
        (
            ("Va bene,", "Alla fine ha funzionato,", "Non male,"),
            ("ma la consegna è lenta", "il modulo confonde", "risposta breve"),
            ("più veloci la prossima volta.", "potrebbe essere più chiaro.", "nient’altro."),
        ),
        (
            ("Veloce e gentile,", "Molta pazienza,", "Grazie mille,", "Aiuto fantastico,"),
            ("la fattura ora è giusta", "il pacco è arrivato prima", "la password funziona"),
            ("ottimo servizio!", "fatto in cinque minuti.", "continuate così!", "lo consiglio."),
        ),
    ),
}


def comments(language: str, mood: int, number: int, chance: Random) -> list[str]:
    """So many comments of a language and a mood (0 bad, 1 middling, 2 good)."""
    return [
        " ".join(chance.choice(choices) for choices in _PARTS[language][mood])
        for _ in range(number)
    ]
