package decode

import "strings"

// longestFile is the most bytes of a name from which names of files are made:
// systems have 255 for the whole.
const longestFile = 100

// notInFiles are signs that names of files cannot have on every system.
const notInFiles = "/\\:*?\"<>|"

// FileWord returns a text with "-" in place of signs that names of files cannot have, and of
// others.
func FileWord(text, others string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f || strings.ContainsRune(notInFiles+others, r) {
			return '-'
		}
		return r
	}, text)
}

// FileName reports whether every system can have files called by this name.
func FileName(name string) bool {
	if name == "" || len(name) > longestFile || strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") || strings.ContainsAny(name, notInFiles+" ") {
		return false
	}
	for _, c := range name {
		if c < ' ' || c == 0x7f {
			return false
		}
	}
	switch base, _, _ := strings.Cut(strings.ToLower(name), "."); base {
	case "con", "prn", "aux", "nul":
		return false
	default:
		return !(len(base) == 4 && (base[:3] == "com" || base[:3] == "lpt") && base[3] >= '0' && base[3] <= '9')
	}
}
