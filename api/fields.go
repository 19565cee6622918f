package api

import (
	"encoding/json"
	"fmt"

	"github.com/oapi-codegen/nullable"
)

// orNull is a nullable of a pointer.
func orNull[T any](p *T) nullable.Nullable[T] {
	if p == nil {
		return nullable.NewNullNullable[T]()
	}
	return nullable.NewNullableWithValue(*p)
}

// rawOrNull is a nullable of stored JSON.
func rawOrNull(raw json.RawMessage) nullable.Nullable[json.RawMessage] {
	if len(raw) == 0 {
		return nullable.NewNullNullable[json.RawMessage]()
	}
	return nullable.NewNullableWithValue(raw)
}

// setText takes an optional text of a body: absent leaves it, null and "" clear it.
func setText(to **string, given nullable.Nullable[string]) {
	if !given.IsSpecified() {
		return
	}
	*to = nil
	if text, err := given.Get(); err == nil && text != "" {
		*to = &text
	}
}

// setRaw takes an optional value of a body that is stored as it is.
func setRaw(to *json.RawMessage, given nullable.Nullable[StoredValue]) {
	if !given.IsSpecified() {
		return
	}
	*to = nil
	if raw, err := given.Get(); err == nil {
		*to = raw
	}
}

// setStored is setRaw for values that are kept together under their names.
func setStored(to map[string]any, name string, given nullable.Nullable[StoredValue]) {
	if !given.IsSpecified() {
		return
	}
	delete(to, name)
	if raw, err := given.Get(); err == nil {
		to[name] = raw
	}
}

// storedValue shows a value that is kept under its name; one that was never given is absent.
func storedValue(from map[string]any, name string) nullable.Nullable[StoredValue] {
	value, ok := from[name]
	if !ok {
		return nil
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	return nullable.NewNullableWithValue[StoredValue](raw)
}

// setAddress takes a postal address, which replaces the one that is stored.
func setAddress(to *json.RawMessage, given nullable.Nullable[AddressInput]) error {
	if !given.IsSpecified() {
		return nil
	}
	*to = nil
	address, err := given.Get()
	if err != nil {
		return nil
	}
	raw, err := json.Marshal(address)
	if err != nil {
		return fmt.Errorf("write an address: %w", err)
	}
	*to = raw
	return nil
}

func shownAddress(raw json.RawMessage) nullable.Nullable[Address] {
	var address Address
	if len(raw) == 0 || json.Unmarshal(raw, &address) != nil {
		return nullable.NewNullNullable[Address]()
	}
	return nullable.NewNullableWithValue(address)
}
