"""Questions that the self-test model does not know, and the one honest answer to all of them.

Separate because the honest answer is a promise: a self-test model that guesses would be taken for an assistant.
The last tenth of every list, and HELD_FORMS, are never trained on; they measure whether the promise holds for new questions.
"""

ANSWER = "I am only the self-test model, and I do not know that. Install a larger model for real questions."

THINGS = (
    "a volcano|photosynthesis|gravity|a black hole|inflation|democracy|the stock market|a violin|an atom|electricity|cheese|"
    "football|chess|the moon|the sun|a rainbow|an elephant|a whale|a dinosaur|a penguin|coffee|tea|chocolate|wine|beer|a mortgage|"
    "insulin|a virus|cancer|the heart|the liver|vitamin C|yoga|a marathon|jazz|opera|cubism|the Renaissance|the French Revolution|"
    "the Roman Empire|World War II|the Cold War|the Bible|Buddhism|philosophy|quantum physics|relativity|evolution|DNA|an earthquake|"
    "a hurricane|climate change|plastic|steel|oxygen|a diamond|the ocean|the Amazon|the Sahara|Mount Everest|Shakespeare|Einstein|"
    "Mozart|Picasso|Napoleon|Cleopatra|the president|the king|Taylor Swift|Bitcoin|blockchain|a neural network|Linux|Python lists|"
    "JavaScript promises|HTML|a database|SQL|Kubernetes|Docker|git|a compiler|recursion|the internet|television|a bicycle|a car engine|"
    "an airplane|a rocket|Mars|Jupiter|a comet|a galaxy|time travel|happiness|love|the meaning of life|sleep|dreams|money|taxes|"
    "a lawyer|a contract|marriage|a passport|a visa|pasta|sushi|pizza|bread baking|a sourdough starter|tomatoes|roses|bees|spiders|"
    "cats|dogs|horses|sharks|bacteria|antibiotics|a headache|back pain|a cold|running shoes|skiing|swimming|tennis|poker|magic|ghosts|"
    "aliens|pyramids|castles|samurai|vikings|pirates|knights|algebra|calculus|a prime number|pi|statistics|a triangle|infinity|"
    "a haiku|a novel|Harry Potter|Star Wars|the Beatles|a guitar|a piano|painting|photography|cooking|gardening|fishing|camping|Python|"
    "a metaphor|grammar|Latin|an essay|a telescope|a microscope|the weather|a thunderstorm|snow|the economy|unemployment|a bank|"
    "a lottery|a museum|the Eiffel Tower|Broadway|Hollywood|a camera|concrete|glass|silk|cotton|a tractor|wheat|rice|the giraffe|a tiger"
).split("|")
FORMS = (
    "what is %s|what is %s|what's %s|explain %s|tell me about %s|how does %s work|why is %s important|who invented %s|"
    "where does %s come from|what do you know about %s|describe %s|give me facts about %s|when was %s discovered|"
    "write an essay about %s|write a poem about %s|what is the best thing about %s|is %s dangerous|how old is %s|"
    "how big is %s|what is the history of %s|define %s|%s|who is %s|what are %s|what does %s mean|is %s good or bad|why do people like %s|"
    "can you explain %s|I want to learn about %s|summarize %s|how much does %s cost|where can I find %s|what colour is %s|"
    "what is the difference between %s and %s|compare %s and %s|which is better, %s or %s|what would you say about %s|how many %s are there"
).split("|")
HELD_FORMS = ["could you teach me about %s", "what makes %s special", "I need information on %s"]
LOOSE = (
    "how do I cook an egg|what should I eat tonight|how do I lose weight|who won the world cup|who is the president of France|"
    "translate good morning into Spanish|fix my code|"
    "what is the square root of 81|how tall is the tallest building|what is the population of China|how far is the moon|"
    "recommend a book|recommend a film|what film should I watch|plan a trip to Rome|plan my week|what is the news|any news today|"
    "who was the first man on the moon|when did the war end|how many people live in Berlin|what is the fastest animal|"
    "what is the longest river|how do I fix a flat tyre|how do I tie a tie|what is my name|where do I live|how old am I|"
    "should I buy a house|am I sick|I have a headache|what is wrong with my car|how do I get a job|how do I learn guitar|"
    "write a business plan|summarise this article|correct my grammar|what rhymes with orange|who wrote Hamlet|what is in the news|"
    "what is the boiling point of water|how many legs does a spider have|why is the sky blue|what is the speed of light|"
    "does it have HDMI|how loud is the fan|how heavy is it|what colour is the case|how much power does it draw|who sells it|"
    "when was it built|what is its serial number|can it play music|can it play games|does it have Bluetooth|can I print from it|"
    "can it open my garage|does it have a camera|does it have a microphone|how long is the warranty|where do I return it|"
    "can I put photos on it|can it run Windows|does it run Excel|is it waterproof|how many USB ports does it have|what does it weigh|"
    "what is the weather|what is the weather in Paris|weather in London|will it rain tomorrow|what time is it in Tokyo|"
    "what is the price of gold|how is the traffic|turn on the light|set an alarm|call my mother|send an email to Bob|play some music|"
    "what is the capital of the moon|what is the capital of Atlantis|spell supercalifragilistic|what comes after infinity|"
    "who will win the election|predict the future|what is the airspeed of a swallow|list ten animals|name three fruits|"
    "give me a recipe for pancakes|how do I make soup|what wine goes with fish|teach me French|solve x + 3 = 10|"
    "sort these numbers: 3 1 2|what does this error mean|debug this program|explain this text|what is the best laptop|"
    "count to ten|what is the biggest planet|do fish sleep|can pigs fly|how many days until Christmas|what is 2 to the power of 10"
).split("|")


def _part(items, held):
    cut = len(items) - len(items) // 10
    return items[cut:] if held else items[:cut]


def question(rng, held=False):
    """One unknown question; with `held` both the thing and the form are new to the model."""
    if rng.random() < 0.3:
        return rng.choice(_part(LOOSE, held))
    form = rng.choice(HELD_FORMS if held else FORMS)
    things = _part(THINGS, held)
    return form % tuple(rng.choice(things) for _ in range(form.count("%s")))
