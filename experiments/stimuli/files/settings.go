package files

import (
	"fmt"

	"ventral/experiments/stimuli"
)

// settings are the keys of every kind of this package.
type settings struct {
	Size    int    `toml:"size" min:"0" max:"4096" doc:"height and width of an image in pixels; 0 is that of the files, which then are all of one size"`
	Resize  int    `toml:"resize" min:"0" max:"4096" doc:"short side that a file is scaled to before its centre is cut out; 0 is size"`
	Grey    bool   `toml:"grey" doc:"one channel instead of three"`
	OnError string `toml:"on_error" oneof:"stop skip" doc:"a file that cannot be read is an error, or is left out and listed"`
	Pack    int    `toml:"pack" min:"-1" max:"4096" doc:"short side of the images in the cache, where they are decoded once; -1 is the short side that resize or size asks for, 0 decodes the files whenever they are read. Random resized crops see more detail where it is larger than size"`

	Validation float64 `toml:"validation" min:"0" max:"100000000" doc:"images cut off for validation where the files have none: a number of images, or, below 1, a part of them; as many of each class, chosen by the seed"`
	Test       float64 `toml:"test" min:"0" max:"100000000" doc:"images cut off for the test where the files have none, likewise"`
	Limit      int     `toml:"limit" min:"0" max:"100000000" doc:"images used of each class, the first by name; 0 for all"`
}

// usual are the settings with their defaults.
func usual() settings {
	return settings{OnError: "stop", Pack: -1, Validation: 0.1, Test: 0.2}
}

// check reports the first setting that is out of its range.
func (x *settings) check() error {
	for _, err := range []error{
		stimuli.Within("size", x.Size, 0, 4096),
		stimuli.Within("resize", x.Resize, 0, 4096),
		stimuli.OneOf("on_error", x.OnError, "stop", "skip"),
		stimuli.Within("pack", x.Pack, -1, 4096),
		stimuli.Within("limit", x.Limit, 0, 100_000_000),
	} {
		if err != nil {
			return err
		}
	}
	switch {
	case x.Resize > 0 && x.Size == 0:
		return fmt.Errorf("resize: found %d without size, want size, too: what is cut out of the middle", x.Resize)
	case x.Resize > 0 && x.Resize < x.Size:
		return fmt.Errorf("resize: found %d, want at least size, %d", x.Resize, x.Size)
	case x.Pack > 0 && x.Pack < x.short():
		return fmt.Errorf("pack: found %d, want 0, -1, or at least %d, the short side that is asked for", x.Pack, x.short())
	}
	return nil
}

// short is the short side that a file is scaled to before it is cut, 0 where it stays.
func (x *settings) short() int { return max(x.Resize, x.Size) }

// packed is the short side of the images in the pack, 0 where they stay as they are.
func (x *settings) packed() int {
	if x.Pack > 0 {
		return x.Pack
	}
	return x.short()
}

func (x *settings) channels() int {
	if x.Grey {
		return 1
	}
	return 3
}
