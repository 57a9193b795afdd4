"""Questions to the real course, each with the lesson that answers it.

Written from what the lessons are about, without any of them open, in the words of a student who has not read them. A
test checks that no question shares three words in a row with its lesson.
"""

QUESTIONS: dict[str, list[str]] = {
    "1-getting-started/lessons/1-introduction-to-iot": [
        "what does it mean that everyday objects are online and exchange data",
        "which boards can a beginner buy to get going",
        "can I follow along without owning any electronics",
        "how do tiny chip boards differ from boards with a whole computer",
        "how do I set up my laptop and print a first greeting from a gadget",
        "examples of smart gadgets in homes, hospitals and factories",
    ],
    "1-getting-started/lessons/2-deeper-dive": [
        "how fast does the processor of a small board tick",
        "why is there so little memory in these chips",
        "main building blocks of a connected product: device, network, cloud",
        "which arduino function is called over and over",
        "can a chip work with no operating system at all",
        "purpose of the metal pins along the side",
        "making decisions near the device and not in a far away data centre",
    ],
    "1-getting-started/lessons/3-sensors-and-actuators": [
        "turn a voltage between zero and three into a number",
        "how can you dim a light by switching it quickly",
        "build a lamp that comes on when it gets dark",
        "parts that measure the world versus parts that move or shine",
        "readings that are yes or no versus readings in between",
        "how does a dial or knob tell the program its position",
    ],
    "1-getting-started/lessons/4-connect-internet": [
        "lightweight publish and subscribe messaging for gadgets",
        "are messages lost if the wireless link drops",
        "guarantee that a message arrives at least one time",
        "who passes messages from senders to receivers",
        "steer my lamp from a program on another machine",
        "sensible time between two readings that are sent",
        "pack measurements into json before sending them",
    ],
    "2-farm/lessons/1-predict-plant-growth": [
        "estimate when a crop is ripe from daily warmth",
        "below which temperature does nothing grow",
        "formula from maximum plus minimum of each day",
        "why is warmth so important for agriculture",
        "save temperatures to a file and draw a chart of them",
        "helping poor farmers with technology",
    ],
    "2-farm/lessons/2-detect-soil-moisture": [
        "how wet is the earth around the roots",
        "probe that rusts versus one that does not",
        "turn raw probe values into a percentage of water",
        "two wire bus to which many parts can be attached",
        "serial communication with a transmit and a receive line",
        "weigh earth wet, dry it, weigh it again",
    ],
    "2-farm/lessons/3-automated-plant-watering": [
        "switch a strong pump by means of a weak signal",
        "electromagnet that closes a circuit",
        "why pause after pumping before measuring again",
        "right duration of one burst of the pump",
        "board cannot deliver enough current for a motor",
        "give the flowers a drink without human help",
    ],
    "2-farm/lessons/4-migrate-your-plant-to-the-cloud": [
        "rent computers from somebody rather than buying your own",
        "register a gadget with microsoft's service for many gadgets",
        "daily message limit if I pay nothing",
        "call a function on the gadget from the server and get a reply",
        "secret text with which gadgets authenticate themselves at the hub",
        "watch incoming telemetry from the command line",
    ],
    "2-farm/lessons/5-migrate-application-to-the-cloud": [
        "run code only when something happens and pay for each run",
        "no servers to manage",
        "trigger that fires for every reading that arrives",
        "test cloud code on my own laptop before publishing it",
        "where do I keep connection secrets for code that runs in azure",
        "python code running serverless that decides to start the pump",
    ],
    "2-farm/lessons/6-keep-your-plant-secure": [
        "what could an attacker do with a hijacked gadget",
        "one key for locking and another for unlocking",
        "prove who a device is with a certificate",
        "why are shared passwords for devices risky",
        "scrambling messages so that nobody else can read them",
        "fake sensor sends wrong values",
    ],
    "3-transport/lessons/1-location-tracking": [
        "how do satellites tell me where I am",
        "what are the numbers called that tell how far from the equator something is",
        "text lines that a positioning chip sends out",
        "why does it take clocks in orbit to find a position",
        "follow lorries on their way from the farm",
        "convert degrees and minutes to decimal numbers",
    ],
    "3-transport/lessons/2-store-location-data": [
        "tables with fixed columns versus free documents",
        "process readings right now or later in a batch",
        "keep positions as files in an azure container",
        "which database suits data whose shape varies",
        "cold path and hot path for incoming data",
        "serverless code that writes each json document away",
    ],
    "3-transport/lessons/3-visualize-location-data": [
        "let a website display points over a map",
        "why is a picture easier to understand than a list of numbers",
        "json format that describes geographic points and lines",
        "browser refuses to load data from another domain",
        "draw the route of a lorry in html",
        "credentials for using the map service",
    ],
    "3-transport/lessons/4-geofences": [
        "alert me once a vehicle leaves the yard",
        "virtual border around an area",
        "test whether some coordinates fall within a polygon",
        "how far from the edge counts as being near",
        "two programs that read the same event stream independently",
        "when would the warehouse be told that a delivery is close",
    ],
}


def pairs() -> list[tuple[str, str]]:
    """Every question with the folder of its lesson."""
    return [(question, lesson) for lesson, asked in QUESTIONS.items() for question in asked]
