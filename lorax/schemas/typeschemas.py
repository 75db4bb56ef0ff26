"""The JSON schemas of types: pydantic's own, with what it checks but does not say in them."""

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

_BOUNDS = {
    "ge": "minimum",
    "le": "maximum",
    "gt": "exclusiveMinimum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
}


class Schemas(GenerateJsonSchema):
    """What a model should write of a type."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        """Pydantic takes a number or a text for a decimal, and not every text."""
        bounds = {key: float(schema[name]) for name, key in _BOUNDS.items() if name in schema}  # type: ignore[literal-required]
        digits = {"max_digits": "maxDigits", "decimal_places": "decimalPlaces"}
        kept = {key: schema[name] for name, key in digits.items() if name in schema}  # type: ignore[literal-required]
        return {"type": "number", **bounds, **kept}

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        """Lengths are those without the blanks at the ends where these are cut off."""
        made = super().str_schema(schema)
        if schema.get("strip_whitespace", self._config.str_strip_whitespace):
            made["trimmed"] = True
        return made

    def datetime_schema(self, schema: core_schema.DatetimeSchema) -> JsonSchemaValue:
        """Without an offset where none is allowed."""
        made = super().datetime_schema(schema)
        if schema.get("tz_constraint") == "naive":
            made["format"] = "naive-date-time"
        return _bounded(made, schema)

    def date_schema(self, schema: core_schema.DateSchema) -> JsonSchemaValue:
        """With its bounds."""
        return _bounded(super().date_schema(schema), schema)

    def time_schema(self, schema: core_schema.TimeSchema) -> JsonSchemaValue:
        """With its bounds."""
        return _bounded(super().time_schema(schema), schema)

    def timedelta_schema(self, schema: core_schema.TimedeltaSchema) -> JsonSchemaValue:
        """With its bounds."""
        return _bounded(super().timedelta_schema(schema), schema)

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """With what its names are, where they are not any text."""
        made = super().dict_schema(schema)
        if "propertyNames" in made or "patternProperties" in made or "keys_schema" not in schema:
            return made
        names = self.generate_inner(schema["keys_schema"])
        bare = {key: value for key, value in names.items() if key not in {"title", "description"}}
        return made if bare in ({}, {"type": "string"}) else {**made, "propertyNames": names}


def _bounded(made: JsonSchemaValue, schema: Mapping[str, Any]) -> JsonSchemaValue:
    """A format with its bounds, as some validators of JSON schemas call them."""
    for name, key in _BOUNDS.items():
        if name in schema:
            made[f"format{key[0].upper()}{key[1:]}"] = str(schema[name])
    now = {"past": "formatExclusiveMaximum", "future": "formatExclusiveMinimum"}
    if "now_op" in schema:
        made[now[schema["now_op"]]] = "now"
    return made
