"""jsonschema as the judge of what matches a schema."""
import json
from decimal import Decimal

import jsonschema


def multiple_of(validator, divisor, instance, schema):
    """By decimals, as they are written: 0.07 is a multiple of 0.01, whatever binary fractions say."""
    if validator.is_type(instance, "number") and Decimal(repr(instance)) % Decimal(repr(divisor)) != 0:
        yield jsonschema.ValidationError(f"{instance!r} is not a multiple of {divisor}")


Validator = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"multipleOf": multiple_of})


class Judge:
    def __init__(self, schema):
        self.validator = Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)

    def matches(self, text):
        try:
            value = json.loads(text)
        except ValueError:
            return False
        return self.validator.is_valid(value)
