package analysis

import "slices"

// Request is a requested analysis: a table of an experiment file.
type Request struct {
	Name     string // of the table; the kind's where a file says no other
	Kind     string
	Areas    []string // whose signals are analysed; none: all that the image reaches
	Of       []string // conditions of the run that are analysed together; none: the run itself
	Settings Settings
}

// Defaults are the analyses of an experiment that asks for none: every kind
// whose Default is set, with its own settings.
func Defaults() []Request {
	var list []Request
	for _, k := range Kinds() {
		if k.Default {
			list = append(list, Request{Name: k.Name, Kind: k.Name, Settings: k.New()})
		}
	}
	return list
}

// Needs lists the recordings that the analyses read, each once. The need for images
// shown has the largest number among them.
func Needs(requests []Request) []Need {
	var list []Need
	for _, r := range requests {
		for _, n := range r.Settings.Needs() {
			i := slices.IndexFunc(list, func(x Need) bool { return x.Of == n.Of && x.Signal == n.Signal && x.Split == n.Split })
			if i < 0 {
				list = append(list, n)
				continue
			}
			list[i].Images = max(list[i].Images, n.Images)
		}
	}
	return list
}

// Signals lists the signals of areas that the analyses read.
func Signals(requests []Request) []string {
	var list []string
	for _, n := range Needs(requests) {
		if n.Of == Areas {
			list = append(list, n.Signal)
		}
	}
	return list
}

// Shown is how many images the analyses show with their pixels.
func Shown(requests []Request) int {
	for _, n := range Needs(requests) {
		if n.Of == Images {
			return n.Images
		}
	}
	return 0
}
