package decode

import "strings"

// longestFile is the most bytes of a name from which names of files are made:
// systems have 255 for the whole.
const longestFile = 100

// FileName reports whether every system can have files called by this name.
func FileName(name string) bool {
	if name == "" || len(name) > longestFile || strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") || strings.ContainsAny(name, "/\\:*?\"<>| ") {
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
