package rundir

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Seal is the field self_sha256 of a JSON file. It is the SHA-256 of the file's
// name, a newline, and the file with zeros in place of the seal. WriteJSON fills
// it in. ReadJSON refuses a file whose seal does not fit, so it also refuses a
// file that was copied to another name. A file without a seal was edited by hand:
// ReadJSON accepts it if it has no unknown key.
type Seal struct{}

var (
	sealKey = []byte("\n  \"self_sha256\": \"") // a line of its own, so that no text can hold it
	zeros   = strings.Repeat("0", 2*sha256.Size)
)

// MarshalJSON writes zeros.
func (Seal) MarshalJSON() ([]byte, error) { return []byte(`"` + zeros + `"`), nil }

// UnmarshalJSON takes any value: ReadJSON has looked at it.
func (*Seal) UnmarshalJSON([]byte) error { return nil }

// hasSeal reports whether v is a pointer to a struct that is written with a seal.
func hasSeal(v any) bool {
	t := reflect.TypeOf(v).Elem()
	if t.Kind() != reflect.Struct {
		return false
	}
	f, ok := t.FieldByName("Seal")
	return ok && f.Type == reflect.TypeFor[Seal]()
}

// sealOf returns where the digits of a file's seal stand; ok is false where it
// has none.
func sealOf(b []byte) (at int, ok bool) {
	at = bytes.Index(b, sealKey) + len(sealKey)
	return at, at >= len(sealKey) && at+len(zeros) <= len(b)
}

// seal fills in the seal of a file that has one. Its name is without folders.
func seal(name string, b []byte) {
	if at, ok := sealOf(b); ok {
		copy(b[at:], sealed(name, b))
	}
}

// sealed returns the digits of the seal of a file with zeros in its place.
func sealed(name string, b []byte) string {
	h := sha256.New()
	fmt.Fprintln(h, name)
	h.Write(b)
	return hex.EncodeToString(h.Sum(nil))
}

// checkSeal reports a file that was changed since it was sealed, or is another.
func checkSeal(name string, b []byte) error {
	at, ok := sealOf(b)
	if !ok {
		return nil
	}
	plain := bytes.Clone(b)
	copy(plain[at:], zeros)
	if sealed(name, plain) != string(b[at:at+len(zeros)]) {
		return errors.New("was changed since it was written, or is another file: it has another SHA-256 than it says (self_sha256)")
	}
	return nil
}
