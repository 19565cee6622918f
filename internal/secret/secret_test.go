package secret

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func box(t *testing.T, keys ...Text) *Box {
	t.Helper()
	texts := make([]string, len(keys))
	for i, key := range keys {
		texts[i] = key.Reveal()
	}
	b, err := NewBox(NewText(strings.Join(texts, ", ")))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func seal(t *testing.T, b *Box, plaintext, place string) []byte {
	t.Helper()
	sealed, err := b.Seal([]byte(plaintext), place)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestABoxOpensWhatItSealed(t *testing.T) {
	t.Parallel()
	b := box(t, NewKey())
	for _, plaintext := range []string{"", "whsec_abc", strings.Repeat("long ", 10_000)} {
		sealed := seal(t, b, plaintext, "webhook_secrets/whe_1")
		if plaintext != "" && bytes.Contains(sealed, []byte(plaintext)) {
			t.Fatal("the ciphertext shows the plaintext")
		}
		if got := len(sealed) - len(plaintext); got != 45 {
			t.Errorf("sealing added %d bytes, the comment says 45", got)
		}
		opened, err := b.Open(sealed, "webhook_secrets/whe_1")
		if err != nil || string(opened) != plaintext {
			t.Fatalf("opened %d bytes, %v; want %d", len(opened), err, len(plaintext))
		}
	}
}

func TestSealingTwiceGivesTwoCiphertexts(t *testing.T) {
	t.Parallel()
	b := box(t, NewKey())
	if bytes.Equal(seal(t, b, "x", "p"), seal(t, b, "x", "p")) {
		t.Fatal("the nonce was used twice")
	}
}

func TestABoxOpensNothingElse(t *testing.T) {
	t.Parallel()
	b := box(t, NewKey())
	sealed := seal(t, b, "whsec_abc", "webhook_secrets/whe_1")
	flipped := bytes.Clone(sealed)
	flipped[len(flipped)-1] ^= 1
	for name, c := range map[string]struct {
		box    *Box
		sealed []byte
		place  string
	}{
		"a ciphertext moved to another row": {b, sealed, "webhook_secrets/whe_2"},
		"an altered ciphertext":             {b, flipped, "webhook_secrets/whe_1"},
		"a truncated ciphertext":            {b, sealed[:len(sealed)-1], "webhook_secrets/whe_1"},
		"nothing":                           {b, nil, "webhook_secrets/whe_1"},
		"a ciphertext of another key":       {box(t, NewKey()), sealed, "webhook_secrets/whe_1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := c.box.Open(c.sealed, c.place); !errors.Is(err, ErrCannotOpen) {
				t.Fatalf("opened to %q, error %v; want ErrCannotOpen", got, err)
			}
		})
	}
}

func TestRotationKeepsOldCiphertextsReadable(t *testing.T) {
	t.Parallel()
	older, newer := NewKey(), NewKey()
	before := box(t, older)
	sealed := seal(t, before, "whsec_abc", "p")
	if before.Stale(sealed) {
		t.Error("what the only key sealed is called stale")
	}

	during := box(t, newer, older)
	if !during.Stale(sealed) {
		t.Error("what the old key sealed is not called stale")
	}
	opened, err := during.Open(sealed, "p")
	if err != nil {
		t.Fatal(err)
	}
	resealed := seal(t, during, string(opened), "p")
	if during.Stale(resealed) {
		t.Error("the first key did not seal")
	}

	after := box(t, newer)
	if got, err := after.Open(resealed, "p"); err != nil || string(got) != "whsec_abc" {
		t.Fatalf("after the old key went: %q, %v", got, err)
	}
	if _, err := after.Open(sealed, "p"); !errors.Is(err, ErrCannotOpen) {
		t.Fatalf("the dropped key still opens: %v", err)
	}
}

func TestKeysAreTakenInEveryBase64(t *testing.T) {
	t.Parallel()
	raw := bytes.Repeat([]byte{0xfb, 0xff}, 16)
	sealed := seal(t, box(t, NewText(base64.StdEncoding.EncodeToString(raw))), "x", "p")
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if _, err := box(t, NewText(encoding.EncodeToString(raw))).Open(sealed, "p"); err != nil {
			t.Error(err)
		}
	}
}

func TestFaultyKeysAreNamedByTheirPlaceAndNeverShown(t *testing.T) {
	t.Parallel()
	good := NewKey().Reveal()
	short := base64.StdEncoding.EncodeToString([]byte("sixteen bytes is"))
	for name, c := range map[string]struct{ keys, want string }{
		"nothing at all":         {"", "no secret key given"},
		"blanks":                 {"  ", "no secret key given"},
		"a trailing comma":       {good + ",", "secret key 2 of 2 is empty"},
		"a text that is no key":  {good + ",correct horse battery", "secret key 2 of 2 is not base64"},
		"a key of sixteen bytes": {short, "secret key 1 of 1 has 16 bytes; a key has 32"},
		"the same key twice":     {good + "," + good, "secret key 2 of 2 is key 1 again"},
		"a key of zeros":         {strings.Repeat("A", 43), "secret key 1 of 1 is one byte repeated, which is no key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := NewBox(NewText(c.keys))
			if err == nil || err.Error() != c.want {
				t.Fatalf("error %v, want %s", err, c.want)
			}
		})
	}
}

func TestATextNeverPrints(t *testing.T) {
	t.Parallel()
	const hidden = "hunter2"
	text := NewText(hidden)
	exported := struct{ Password Text }{text}
	unexported := struct{ password Text }{text}
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	logger.Info("m", "bare", text, "in", exported, "within", unexported)
	slog.New(slog.NewTextHandler(&log, nil)).Info("m", "bare", text, "in", exported, "within", unexported)
	asJSON, err := json.Marshal(map[string]any{"a": text, "b": &text, "c": exported, "d": map[Text]int{text: 1}})
	if err != nil {
		t.Fatal(err)
	}
	shown := log.String() + string(asJSON)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%10.3s", "%U"} {
		for _, value := range []any{text, &text, exported, &exported, []Text{text}, map[string]Text{"k": text}, unexported, &unexported} {
			shown += fmt.Sprintf(verb, value)
		}
	}
	for _, form := range []string{hidden, fmt.Sprintf("%x", hidden), fmt.Sprintf("%X", hidden), fmt.Sprint([]byte(hidden))} {
		if strings.Contains(shown, form) {
			t.Errorf("the secret shows as %q in %s", form, shown)
		}
	}
	if got := text.Reveal(); got != hidden {
		t.Errorf("Reveal() = %q", got)
	}
	if got := fmt.Sprintf("%v", text); got != "[secret]" {
		t.Errorf("%%v shows %q", got)
	}
}

func TestTextsAreEqualByWhatTheyHold(t *testing.T) {
	t.Parallel()
	var fromEnvironment Text
	if err := fromEnvironment.UnmarshalText([]byte("a")); err != nil {
		t.Fatal(err)
	}
	if !fromEnvironment.Equal(NewText("a")) || fromEnvironment.Equal(NewText("b")) {
		t.Error("Equal does not compare the texts")
	}
	if !(Text{}).Equal(NewText("")) || !(Text{}).IsZero() || fromEnvironment.IsZero() {
		t.Error("the zero Text is not the empty one")
	}
}
