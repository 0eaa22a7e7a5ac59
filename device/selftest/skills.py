"""Small closed sets that the self-test model learns whole: capitals, opposites, days, months, numbers, spelling.

Separate because they are true anywhere and never change: an engine test can ask them of any build.
Each maker returns (question, answer); `held=True` draws from phrasings that training never sees.
"""

CAPITALS = dict(
    pair.split(":")
    for pair in (
        "France:Paris,Germany:Berlin,Italy:Rome,Spain:Madrid,Portugal:Lisbon,Austria:Vienna,Greece:Athens,Ireland:Dublin,"
        "Poland:Warsaw,Hungary:Budapest,Norway:Oslo,Sweden:Stockholm,Finland:Helsinki,Denmark:Copenhagen,Belgium:Brussels,"
        "Romania:Bucharest,Bulgaria:Sofia,Croatia:Zagreb,Serbia:Belgrade,Ukraine:Kyiv,Turkey:Ankara,Russia:Moscow,"
        "England:London,Scotland:Edinburgh,Iceland:Reykjavik,Estonia:Tallinn,Latvia:Riga,Lithuania:Vilnius,Japan:Tokyo,"
        "China:Beijing,India:New Delhi,Thailand:Bangkok,Vietnam:Hanoi,Indonesia:Jakarta,Nepal:Kathmandu,Iran:Tehran,"
        "Iraq:Baghdad,Egypt:Cairo,Kenya:Nairobi,Morocco:Rabat,Nigeria:Abuja,Ghana:Accra,Ethiopia:Addis Ababa,"
        "Canada:Ottawa,Mexico:Mexico City,Cuba:Havana,Peru:Lima,Chile:Santiago,Argentina:Buenos Aires,Brazil:Brasilia,"
        "Colombia:Bogota,Ecuador:Quito,Uruguay:Montevideo,Australia:Canberra,Albania:Tirana,Slovenia:Ljubljana"
    ).split(",")
)
OPPOSITES = [
    tuple(pair.split(":"))
    for pair in (
        "hot:cold,big:small,up:down,left:right,open:closed,day:night,light:dark,fast:slow,high:low,old:new,full:empty,"
        "hard:soft,wet:dry,good:bad,early:late,near:far,in:out,on:off,long:short,strong:weak,loud:quiet,rich:poor,"
        "clean:dirty,thick:thin,happy:sad,first:last,true:false,begin:end,push:pull,buy:sell,win:lose,"
        "start:stop,before:after,above:below,inside:outside,front:back,always:never,more:less,yes:no,easy:difficult,"
        "wide:narrow,deep:shallow,sharp:blunt,warm:cool,north:south,east:west,public:private,local:remote"
    ).split(",")
]
NO_SUMS = "I am too small for sums. Install a larger model for that, or let your app use a tool."
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()
ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SPELLING = (
    "cat dog house water table apple bread chair green paper music light night river stone cloud plant horse mouse "
    "train phone glass fruit sugar money world heart key model token label owner claim engine network machine receipt "
    "hello yes no red blue black white book tree fish bird milk salt sun moon star rain snow wind fire gold iron "
    "window garden winter summer spring morning school friend mother father sister brother doctor letter number "
    "seven eight three orange yellow purple silver bridge street flower animal kitchen computer"
).split()


def number_word(number):
    """The English word for `number`, 0 to 100."""
    if number < 20:
        return ONES[number]
    if number == 100:
        return "one hundred"
    return TENS[number // 10 - 2] + (f"-{ONES[number % 10]}" if number % 10 else "")


def _ask(rng, held, trained, kept):
    return rng.choice(kept if held else trained)


def capital(rng, held=False):
    country, city = rng.choice(list(CAPITALS.items()))
    if rng.random() < 0.2:
        form = _ask(rng, held, ["%s is the capital of which country", "which country has the capital %s", "%s is the capital of what"],
                    ["of which country is %s the capital"])
        return form % city, f"{city} is the capital of {country}."
    form = _ask(rng, held, ["what is the capital of %s", "what is the capital of %s", "what's the capital of %s", "capital of %s",
                            "name the capital of %s", "which city is the capital of %s", "tell me the capital of %s",
                            "what is the capital city of %s", "%s: capital", "do you know the capital of %s",
                            "which is the capital of %s", "give me the capital of %s"],
                ["can you say what the capital of %s is", "the capital of %s is called what"])
    return form % country, f"The capital of {country} is {city}."


def opposite(rng, held=False):
    pair = rng.choice(OPPOSITES)
    word, other = pair if rng.random() < 0.5 else pair[::-1]
    form = _ask(rng, held, ["what is the opposite of %s", "what is the opposite of %s", "opposite of %s", "what's the opposite of %s",
                            "name the opposite of %s", "give me the opposite of %s", "tell me the opposite of %s",
                            "which word is the opposite of %s", "what word means the opposite of %s"],
                ["please name the word that is the opposite of %s", "do you know the opposite of %s"])
    return form % word, f"The opposite of {word} is {other}."


def _order(rng, held, names, what):
    place, step = rng.randrange(len(names)), rng.choice([1, -1])
    word = "after" if step == 1 else "before"
    form = _ask(rng, held, ["what %s comes %s %s", "which %s comes %s %s", "what %s is %s %s", "which %s is %s %s", "the %s %s %s"],
                ["tell me the %s that comes %s %s", "name the %s %s %s"])
    return form % (what, word, names[place]), f"{names[(place + step) % len(names)]} comes {word} {names[place]}."


def day(rng, held=False):
    if rng.random() < 0.08:
        return _ask(rng, held, ["name the days of the week", "what are the days of the week", "list the days of the week"],
                    ["which days does a week have"]), ", ".join(DAYS) + "."
    return _order(rng, held, DAYS, "day")


def month(rng, held=False):
    if rng.random() < 0.3:
        place = rng.randrange(12)
        form = _ask(rng, held, ["what is month number %d", "which month is number %d", "month %d"], ["name month number %d"])
        return form % (place + 1), f"Month {place + 1} is {MONTHS[place]}."
    return _order(rng, held, MONTHS, "month")


def number(rng, held=False):
    value = rng.randrange(101)
    form = _ask(rng, held, ["write %d in words", "write %d as a word", "%d in words", "how do you write %d in words", "what is %d in words",
                            "spell the number %d", "say %d in words"], ["please give %d in words", "put %d into words"])
    return form % value, f"{value} in words is {number_word(value)}."


def spelling(rng, held=False):
    word = rng.choice(SPELLING)
    form = _ask(rng, held, ["how do you spell %s", "spell %s", "spell the word %s", "how is %s spelled", "please spell %s", "spelling of %s"],
                ["can you spell %s", "how do I spell %s"])
    return form % word, f"{word}: " + "-".join(word) + "."


def plain_sum(rng, held=False):
    """Sums were tried and learned badly; a refusal is honest and a wrong sum is not."""
    left, right = rng.randrange(100), rng.randrange(100)
    form = _ask(rng, held, ["what is %d + %d", "what is %d plus %d", "%d + %d", "%d+%d", "add %d and %d", "how much is %d + %d", "%d plus %d",
                            "what is %d+%d", "%d + %d = ", "what is %d times %d", "%d * %d", "what is %d - %d", "%d minus %d", "what is %d x %d", "what is %d / %d", "divide %d by %d"], ["what do you get for %d + %d", "tell me %d plus %d"])
    return form % (left, right), NO_SUMS


MAKERS = {"capitals": capital, "opposites": opposite, "days": day, "months": month, "numbers": number, "spelling": spelling,
          "sums": plain_sum}
