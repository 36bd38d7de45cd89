package cortex

// LayerKeys returns the keys that a kind of layer reads, besides its kind.
func LayerKeys(kind string) []string {
	switch kind {
	case "conv":
		return []string{"kernel", "stride", "channels", "bias", "init"}
	case "dense":
		return []string{"channels", "bias", "init"}
	case "batch", "batch_affine", "norm", "lrn":
		return []string{"norm"}
	case "max_pool", "mean_pool":
		return []string{"stride", "size"}
	}
	return nil
}
