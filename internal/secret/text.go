package secret

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// redacted is all that a Text shows of itself, whatever asks.
const redacted = "[secret]"

// Text is a text that never prints: not by any verb of fmt, not as JSON, YAML
// or a log attribute, and not as an unexported field of another struct, where
// fmt calls no method and shows a pointer instead. The zero Text is empty.
//
// Two Texts are compared with Equal; == compares where they are kept.
type Text struct {
	value *string
}

// NewText hides s.
func NewText(s string) Text {
	return Text{value: &s}
}

// Reveal returns the text itself. Who calls it answers for where it goes.
func (t Text) Reveal() string {
	if t.value == nil {
		return ""
	}
	return *t.value
}

// IsZero reports whether there is no text.
func (t Text) IsZero() bool { return t.Reveal() == "" }

// Equal compares the texts in a time that depends on their lengths only.
func (t Text) Equal(other Text) bool {
	return subtle.ConstantTimeCompare([]byte(t.Reveal()), []byte(other.Reveal())) == 1
}

// Format prints [secret] for every verb and flag: without it %d and the like
// would pass String by.
func (t Text) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// String returns [secret].
func (t Text) String() string { return redacted }

// GoString returns [secret].
func (t Text) GoString() string { return redacted }

// LogValue returns [secret].
func (t Text) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns "[secret]".
func (t Text) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }

// MarshalText returns [secret].
func (t Text) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// UnmarshalText takes the text as it stands, so that configuration from the
// environment goes straight into a Text.
func (t *Text) UnmarshalText(text []byte) error {
	*t = NewText(string(text))
	return nil
}
