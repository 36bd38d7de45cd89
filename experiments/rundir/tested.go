package rundir

import (
	"fmt"
	"slices"
	"strings"
)

// Tested tells the images of a split from others: which they are, in their order, and
// the hash of the split, or, of data whose files hold several, those of all files. Two
// runs whose texts are equal tested the same images.
func (i *Info) Tested(split string) string {
	return "ids " + i.IDs[split] + "\n" + i.filesOf(split)
}

// filesOf are the hashes of a split's data.
func (i *Info) filesOf(split string) string {
	var lines []string
	for name, hash := range i.Data {
		if !slices.Contains(splits, name) || name == split {
			lines = append(lines, name+" "+hash)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// Pairing says whether answers to a split of two runs can be paired image by image. Unlike
// says why they cannot, "" where they can. Note says what is to be known of pairs: their
// ids are the same, but the files are not.
func Pairing(a, b *Info, split string) (unlike, note string) {
	switch x, y := a.IDs[split], b.IDs[split]; {
	case x == "" || y == "":
		return "nothing tells which images they are; test again with this version", ""
	case a.Images[split] != b.Images[split]:
		return fmt.Sprintf("there are %d in one and %d in the other", a.Images[split], b.Images[split]), ""
	case x != y:
		return "their ids, or how they are made, are not the same, as after a change of stimuli.seed, stimuli.limit or stimuli.classes", ""
	case a.filesOf(split) != b.filesOf(split):
		return "", "the ids of their images are the same, but the files are not"
	}
	return "", ""
}
