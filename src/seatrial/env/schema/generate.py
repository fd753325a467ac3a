"""Runs the generators of a schema, once, with a given source of randomness."""

from random import Random

from seatrial.env.schema.model import Generator, RandomHex, RandomString, RandomUuid


def generated(generator: Generator, source: Random) -> str:
    """A fresh value. For secrets `source` must be a `random.SystemRandom`; tests pass a seeded `Random`."""
    if isinstance(generator, RandomHex):
        return f"{source.getrandbits(4 * generator.digits):0{generator.digits}x}"
    if isinstance(generator, RandomString):
        return "".join(source.choice(generator.alphabet) for _ in range(generator.length))
    if isinstance(generator, RandomUuid):
        from uuid import UUID  # loads much, for few

        return str(UUID(int=source.getrandbits(128), version=4))
    scale = 10**generator.places
    number = source.randint(generator.least * scale, generator.most * scale)
    if not generator.places:
        return str(number)
    whole, rest = divmod(abs(number), scale)
    return f"{'-' if number < 0 else ''}{whole}.{rest:0{generator.places}d}"
