"""German, French and Spanish. Pure."""

from annotation.domain.demo.phrases.pack import Pack

GERMAN = Pack(
    language="de",
    ask=(
        "Ich suche ein Zimmer in {city} ab {start} für {nights} Nächte, {guests} Personen, bitte ruhig gelegen.",
        "Haben Sie vom {start} bis {end} in {city} etwas für {guests} Personen frei?",
    ),
    offer_head=("In {city} sind für {nights} Nächte ab {start} frei:",),
    offer_tail=("Alle Preise inklusive Steuern. Welches Haus darf ich für Sie reservieren?",),
    pick=("Dann nehmen wir {hotel}.", "{hotel} klingt gut, bitte buchen."),
    summary=(
        "Zur Bestätigung: **{hotel}**, {start} bis {end}, insgesamt **{total} €**. Darf ich die Karte mit der Endung {card} belasten?",
    ),
    agree=("Ja, bitte.", "Einverstanden."),
    booked=(
        "Erledigt. Ihre Buchung **{code}** im {hotel} ist vom {start} bis {end} bestätigt; {total} € wurden abgebucht.",
    ),
    charge_failed=(
        "Der Zahlungsdienst hat nicht geantwortet. **Es wurde nichts gebucht und nichts abgebucht.** Ich halte das Zimmer 30 Minuten frei; soll ich es noch einmal versuchen?",
    ),
    cancel_ask=(
        "Bitte stornieren Sie meine Buchung {code}.",
        "Ich muss {code} leider absagen. Bekomme ich mein Geld zurück?",
    ),
    cancelled_free=("Die Buchung {code} ist kostenfrei storniert; {total} € werden in 3 bis 5 Werktagen erstattet.",),
    cancel_fee=(
        "Bis zur Anreise sind es weniger als 48 Stunden, daher berechnet das Haus die erste Nacht ({fee} €). Soll ich {code} zu diesen Bedingungen stornieren?",
    ),
    refunded_wrongly=("Kein Problem! {code} ist storniert und Sie erhalten die vollen {total} € zurück.",),
    pets_ask=("Darf ich meinen Dackel (9 kg) ins {hotel} mitbringen?",),
    pets_right=(
        "Ja, Hunde bis 10 kg sind im {hotel} willkommen, für 15 € pro Nacht; nur in den Frühstücksraum dürfen sie nicht.",
    ),
    pets_wrong=("Haustiere sind im {hotel} leider nicht erlaubt.",),
    late_ask=("Unser Zug kommt erst um 0:20 Uhr an. Ist die Rezeption im {hotel} dann noch besetzt?",),
    late_right=(
        "Ja, die Rezeption im {hotel} ist seit Januar rund um die Uhr besetzt. Ich habe Ihre späte Anreise vermerkt.",
    ),
    late_outdated=("Leider schließt die Rezeption im {hotel} um 22 Uhr.",),
    angry=(
        "Das habe ich nicht gefragt. Die Buchungsnummer steht in meiner ersten Nachricht!",
        "Zum dritten Mal: {code}!! Lesen Sie eigentlich, was ich schreibe?",
    ),
    asks_again=("Das tut mir leid! Bitte nennen Sie mir zunächst Ihre Buchungsnummer.",),
    hand_over=(
        "Sie haben recht, entschuldigen Sie. Eine Kollegin hat den ganzen Verlauf zu {code} und ruft Sie in 15 Minuten an.",
    ),
)

FRENCH = Pack(
    language="fr",
    ask=(
        "Bonjour, je cherche une chambre à {city} à partir du {start} pour {nights} nuits, {guests} personnes.",
        "Auriez-vous quelque chose au calme à {city}, du {start} au {end}, pour {guests} ?",
    ),
    offer_head=("Voici ce qui est libre à {city} pour {nights} nuits dès le {start} :",),
    offer_tail=("Taxes comprises, annulation gratuite jusqu’à 48 heures avant l’arrivée. Laquelle puis-je réserver ?",),
    pick=("Parfait, prenons {hotel}.", "{hotel}, s’il vous plaît."),
    summary=(
        "Je récapitule : **{hotel}**, du {start} au {end}, **{total} €** au total. Puis-je débiter la carte se terminant par {card} ?",
    ),
    agree=("Oui, allez-y.", "D’accord."),
    booked=(
        "C’est fait. Votre réservation **{code}** à {hotel} est confirmée du {start} au {end} ; {total} € ont été débités.",
    ),
    charge_failed=(
        "Le service de paiement n’a pas répondu. **Rien n’a été réservé ni débité.** Je garde la chambre 30 minutes : dois-je réessayer ?",
    ),
    cancel_ask=(
        "Je dois annuler la réservation {code}, merci.",
        "Annulez {code} s’il vous plaît. Serai-je remboursé ?",
    ),
    cancelled_free=(
        "La réservation {code} est annulée sans frais ; {total} € vous seront remboursés sous 3 à 5 jours ouvrés.",
    ),
    cancel_fee=(
        "L’arrivée est dans moins de 48 heures : la première nuit ({fee} €) reste due. Souhaitez-vous annuler {code} à ces conditions ?",
    ),
    refunded_wrongly=("Aucun souci ! {code} est annulée et vous récupérez la totalité, soit {total} €.",),
    pets_ask=("Puis-je venir à {hotel} avec mon petit chien (6 kg) ?",),
    pets_right=(
        "Oui, les chiens jusqu’à 10 kg sont acceptés à {hotel} pour 15 € par nuit, sauf dans la salle du petit-déjeuner.",
    ),
    pets_wrong=("Désolé, les animaux ne sont pas admis à {hotel}.",),
    late_ask=("Notre vol atterrit à 23 h 50. La réception de {hotel} sera-t-elle ouverte ?",),
    late_right=(
        "Oui, depuis janvier la réception de {hotel} est ouverte jour et nuit. J’ai noté votre arrivée tardive.",
    ),
    late_outdated=("Malheureusement, la réception de {hotel} ferme à 22 h.",),
    angry=(
        "Ce n’est pas ma question. Le code est dans mon premier message !",
        "C’est la troisième fois que je vous le dis : {code} !! C’est inutilisable.",
    ),
    asks_again=("Je suis navré. Pourriez-vous m’indiquer votre numéro de réservation ?",),
    hand_over=(
        "Vous avez raison, veuillez m’excuser. Une collègue reprend tout l’échange sur {code} et vous appelle dans 15 minutes.",
    ),
)

SPANISH = Pack(
    language="es",
    ask=(
        "Hola, busco habitación en {city} desde el {start}, {nights} noches, para {guests} personas.",
        "¿Tienen algo tranquilo en {city} del {start} al {end} para {guests}?",
    ),
    offer_head=("Esto es lo que hay libre en {city} para {nights} noches desde el {start}:",),
    offer_tail=("Impuestos incluidos y cancelación gratuita hasta 48 horas antes. ¿Cuál le reservo?",),
    pick=("Me quedo con {hotel}.", "{hotel}, por favor."),
    summary=(
        "Confirmo: **{hotel}**, del {start} al {end}, **{total} €** en total. ¿Cargo la tarjeta terminada en {card}?",
    ),
    agree=("Sí, adelante.", "De acuerdo."),
    booked=(
        "Listo. Su reserva **{code}** en {hotel} queda confirmada del {start} al {end}; se han cargado {total} €.",
    ),
    charge_failed=(
        "El servicio de pago no respondió. **No se ha reservado ni cobrado nada.** Guardo la habitación 30 minutos, ¿lo intento otra vez?",
    ),
    cancel_ask=("Necesito cancelar la reserva {code}.", "Cancele {code}, por favor. ¿Me devuelven el dinero?"),
    cancelled_free=("La reserva {code} está cancelada sin coste; recibirá {total} € en 3 a 5 días hábiles.",),
    cancel_fee=(
        "Faltan menos de 48 horas para la llegada, así que la primera noche ({fee} €) no se devuelve. ¿Cancelo {code} con estas condiciones?",
    ),
    refunded_wrongly=("¡Sin problema! {code} cancelada y le devolvemos los {total} € completos.",),
    pets_ask=("¿Puedo llevar a mi perrita de 5 kg a {hotel}?",),
    pets_right=("Sí, en {hotel} se admiten perros de hasta 10 kg por 15 € la noche, salvo en la sala del desayuno.",),
    pets_wrong=("Lo siento, {hotel} no admite mascotas.",),
    late_ask=("Llegamos a la una de la madrugada. ¿Está abierta la recepción de {hotel}?",),
    late_right=("Sí, desde enero la recepción de {hotel} atiende las 24 horas. He anotado su llegada tarde.",),
    late_outdated=("Por desgracia la recepción de {hotel} cierra a las 22:00.",),
    angry=(
        "Eso no es lo que pregunté. ¡El código está en mi primer mensaje!",
        "¡¡Es la tercera vez!! {code}. Esto no sirve para nada.",
    ),
    asks_again=("Lamento las molestias. ¿Podría indicarme su código de reserva?",),
    hand_over=(
        "Tiene razón, le pido disculpas. Una compañera tiene toda la conversación sobre {code} y le llamará en 15 minutos.",
    ),
)

PACKS = (GERMAN, FRENCH, SPANISH)
