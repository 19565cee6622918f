package api

import (
	"unicode/utf8"

	"github.com/oapi-codegen/nullable"
)

const (
	maxMetadataKeys  = 50
	maxMetadataKey   = 64
	maxMetadataValue = 500
)

// mergeMetadata takes custom_metadata: keys are merged, an empty value unsets one, {} and null clear all (CONTRACT §1).
func mergeMetadata(to *map[string]string, given nullable.Nullable[CustomMetadataUpdate]) error {
	if *to == nil {
		*to = map[string]string{}
	}
	if !given.IsSpecified() {
		return nil
	}
	update, err := given.Get()
	if err != nil || len(update) == 0 {
		*to = map[string]string{}
		return nil
	}
	for key, value := range update {
		switch {
		case key == "" || utf8.RuneCountInString(key) > maxMetadataKey:
			return invalidField("custom_metadata", "A key has 1 to %d characters.", maxMetadataKey)
		case isUnstorable(key) || (value != nil && isUnstorable(*value)):
			return invalidField("custom_metadata", "Must be texts in UTF-8 without NUL.")
		case value != nil && utf8.RuneCountInString(*value) > maxMetadataValue:
			return invalidField("custom_metadata", "A value may have at most %d characters.", maxMetadataValue)
		case value == nil || *value == "":
			delete(*to, key)
		default:
			(*to)[key] = *value
		}
	}
	if len(*to) > maxMetadataKeys {
		return invalidField("custom_metadata", "May have at most %d keys.", maxMetadataKeys)
	}
	return nil
}

func shownMetadata(m map[string]string) CustomMetadata {
	if m == nil {
		return CustomMetadata{}
	}
	return m
}
