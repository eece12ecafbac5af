"""English. Pure."""

from annotation.domain.demo.phrases.pack import Pack

PACK = Pack(
    language="en",
    ask=(
        "I need a room in {city} from {start}, {nights} nights, for {guests}. Somewhere quiet if possible.",
        "hi, do you have anything in {city} for {guests} people, arriving {start}, leaving {end}? budget around 180 a night",
        "Looking for a hotel near the centre of {city}. Check-in {start}, staying {nights} nights, {guests} guests.",
        "We are {guests} and would like to spend {nights} nights in {city} starting {start}. What can you offer?",
        "{city}, {start} to {end}, {guests} guests, breakfast included please",
    ),
    offer_head=(
        "Here is what I found in {city} for {nights} nights from {start}:",
        "Three places in {city} are free from {start} to {end}:",
        "Good news: there is availability in {city} for your dates ({start} – {end}):",
    ),
    offer_tail=(
        "Which one may I reserve for you?",
        "Prices include taxes. Shall I hold one of them?",
        "All three can be cancelled free of charge up to 48 hours before arrival. Do you have a favourite?",
    ),
    pick=(
        "The {hotel} sounds good, take that one.",
        "{hotel} please",
        "Let's go with {hotel}. Can you book it right away?",
        "I'd take {hotel}, but only if we can have a high floor.",
    ),
    summary=(
        (
            "Before I book: **{hotel}**, {start} to {end}, {guests} guests, **€{total}** in total. I would charge the card "
            "ending in {card}. Shall I go ahead?"
        ),
        "To confirm: {nights} nights at {hotel} from {start}, €{total} all in. May I charge your card ending {card}?",
    ),
    agree=("Yes, go ahead.", "yes please", "Confirmed, charge it.", "ok do it"),
    booked=(
        (
            "Done. Your booking **{code}** at {hotel} is confirmed for {start} – {end}. €{total} was charged to the card "
            "ending in {card}, and the confirmation is on its way by e-mail."
        ),
        "All set! {hotel}, {start} to {end}. Confirmation code: **{code}**. Total: €{total}.",
    ),
    charge_failed=(
        (
            "The payment provider did not answer, so I stopped there. **Nothing was booked.** I do not know yet whether the "
            "€{total} were reserved on your card; a colleague checks it within the hour. Shall I hold the room meanwhile?"
        ),
        (
            "I could not complete the payment: the provider timed out. Your room at {hotel} is held for 30 minutes and "
            "nothing has been charged. Shall I try again, or would you rather use another card?"
        ),
    ),
    cancel_ask=(
        "I have to cancel my booking {code}, my plans changed.",
        "please cancel {code}",
        "Something came up. Can you cancel reservation {code} and refund me?",
        "cancel {code}. do i get my money back?",
    ),
    cancelled_free=(
        (
            "Booking {code} is cancelled. You are well within the free period, so the full €{total} goes back to your card "
            "in 3 to 5 working days."
        ),
        "Cancelled: {code}. No fee applies, and €{total} will be refunded.",
    ),
    cancel_fee=(
        (
            "Your arrival is less than 48 hours away, so the hotel charges the first night (€{fee}). The rest of the "
            "€{total} would be refunded. Do you want me to cancel {code} on these terms?"
        ),
        "I can cancel {code}, but under the 48-hour rule the first night of €{fee} is not refundable. Shall I proceed?",
    ),
    refunded_wrongly=(
        "No problem! I cancelled {code} and refunded the full €{total}. Have a great day!",
        "Done, {code} is cancelled and you will get all of your €{total} back, no fee.",
    ),
    pets_ask=(
        "We never travel without our two dachshunds (8 and 9 kg). Are they welcome at {hotel}, and what does it cost?",
        "Is {hotel} pet friendly? My cat would stay in the room the whole time.",
        "Can I bring my dog to the {hotel}? She is a 7 kg terrier.",
        "do you allow pets at {hotel}? small dog",
    ),
    pets_right=(
        (
            "Yes, dogs up to 10 kg are welcome at {hotel} for €15 a night. They may not enter the breakfast room, and "
            "please tell us before arrival so that the room is prepared."
        ),
        "A small dog is fine: up to 10 kg, €15 per night, breakfast room excepted.",
    ),
    pets_wrong=(
        "Unfortunately pets are not allowed at {hotel}.",
        "Of course! Pets of any size stay free of charge at {hotel}.",
    ),
    late_ask=(
        "We are stuck on the motorway and will only make it to {hotel} around midnight. Do we still get our keys?",
        "Hello, until when can we check in at {hotel}? Our train arrives 22:55 if it is on time, which it never is.",
        "I have a concert on {start}, so I would come to {hotel} at about 2 in the morning. OK?",
        "My flight lands at 23:40. Can I still check in at {hotel}?",
        "is the reception of {hotel} open at 1 am?",
    ),
    late_right=(
        (
            "Yes. The reception of {hotel} is staffed around the clock since January; just ring the bell after midnight. I "
            "have added a note about your late arrival."
        ),
    ),
    late_outdated=(
        "I am sorry, the reception of {hotel} closes at 22:00. You would have to arrive earlier or book elsewhere.",
    ),
    angry=(
        "That is not what I asked. I gave you the booking code in my first message.",
        "I already told you TWICE. It is {code}!!",
        "This is useless. I have been at this for twenty minutes, let me talk to a human",
        "are you even reading what i write???",
    ),
    asks_again=(
        "I understand your frustration. Could you please give me your booking code?",
        "I'm sorry for the inconvenience! To help you, I need the booking code you received by e-mail.",
    ),
    hand_over=(
        (
            "You are right, and I am sorry. I have passed our whole conversation about {code} to a colleague, who will call "
            "you within 15 minutes. You will not need to repeat anything."
        ),
    ),
)
