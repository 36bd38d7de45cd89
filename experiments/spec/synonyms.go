package spec

import (
	"fmt"
	"slices"
	"strings"

	"ventral/experiments/decode"
)

// synonym is a word of a file with what users of PyTorch, CORnet, BLT networks
// and DynVision call the same thing.
type synonym struct {
	key   string // where it stands, such as train.rate; a kind, layer or role by itself
	words string // in small letters, "_" between their parts
}

// word is the synonym's last part.
func (s synonym) word() string { return s.key[strings.LastIndexByte(s.key, '.')+1:] }

var synonyms = []synonym{
	{"train.rate", "lr learning_rate learningrate base_lr initial_lr init_lr max_lr eta"},
	{"train.batch", "batch_size batchsize bs minibatch minibatch_size mini_batch_size train_batch_size"},
	{"train.epochs", "epoch n_epochs num_epochs max_epochs nepochs"},
	{"train.optimiser", "optimizer optim opt solver"},
	{"train.schedule", "scheduler lr_scheduler lr_schedule lr_policy lr_decay"},
	{"train.drop_at", "milestones lr_steps decay_epochs"},
	{"train.drop_by", "gamma lr_gamma decay_factor lr_factor"},
	{"train.warm_up", "warmup warmup_epochs lr_warmup n_warmup"},
	{"train.final_rate", "min_lr eta_min lr_min final_lr"},
	{"train.weight_decay", "wd l2 l2_penalty weightdecay regularization regularisation"},
	{"train.accumulate", "accumulate_grad_batches gradient_accumulation gradient_accumulation_steps accumulation_steps"},
	{"train.recompute", "checkpointing gradient_checkpointing activation_checkpointing"},
	{"train.beta1", "betas beta_1"}, {"train.beta2", "beta_2"}, {"train.eps", "epsilon"},

	{"steps", "timesteps time_steps timestep time_step n_timesteps num_timesteps t n_steps num_steps nsteps n_t unroll unroll_steps max_timestep max_timesteps " +
		"recurrent_steps recurrence_steps n_iterations iterations sequence_length seq_len times"},
	{"ms_per_step", "dt delta_t step_ms"},
	{"seed", "random_seed manual_seed rng_seed random_state"},
	{"precision", "dtype amp mixed_precision"},
	{"areas", "layers regions nodes modules blocks stages layer_names area_names hierarchy"},
	{"pattern", "recurrence recurrence_type topology wiring architecture arch"},
	{"connection", "connections edges synapses projections"},
	{"stimuli", "dataset datasets data data_name dataset_name images stimulus dataloader"},
	{"stimuli.kind", "dataset dataset_name data data_name"},
	{"stimuli.augment", "augmentation augmentations transform transforms data_augmentation"},
	{"stimuli.path", "root data_dir data_path data_root"},
	{"about", "description comment"},
	{"name", "title experiment_name run_name model_name"},
	{"sharing", "weight_sharing tying tied_weights shared_weights"},
	{"control", "controls baseline baselines"},

	{"area.NAME.shape", "channels n_channels num_channels out_channels out_chan features n_features filters n_filters units n_units hidden_size"},
	{"area.NAME.lambda", "tau leak alpha time_constant"},
	{"area.NAME.order", "activation act activation_function nonlinearity non_linearity"},
	{"area.NAME.norm", "batch_norm batchnorm bn normalization normalisation norm_type norm_layer"},
	{"role.ROLE.kernel", "kernel_size filter_size ksize k"},
	{"role.ROLE.delay", "lag latency t_feedforward t_recurrence t_feedback delays"},
	{"role.ROLE.merge", "integration_strategy combine aggregate"},
	{"role.ROLE.init", "initialization initialisation weight_init initializer"},
	{"role.ROLE.bias", "use_bias biases"},

	{"readout.loss", "criterion loss_fn loss_function objective"},
	{"readout.net", "head classifier decoder readout_layers"},
	{"readout.from", "read_from readout_area"},
	{"readout.train", "loss_steps"},

	{"softmax", "cross_entropy crossentropy crossentropyloss ce nll categorical_crossentropy"},
	{"sigmoid", "bce bcewithlogitsloss binary_cross_entropy binary_crossentropy"},
	{"dense", "linear fc fully_connected"}, {"conv", "conv2d convolution nn.conv2d"}, {"average", "avgpool adaptiveavgpool2d global_average_pooling gap"},
	{"max_pool", "maxpool maxpool2d"}, {"mean_pool", "avg_pool avgpool2d"}, {"batch_affine", "batchnorm2d"}, {"batch", "bn batch_norm batchnorm batchnorm2d"}, {"channels", "out_channels out_features"},
	{"transposed_conv", "convtranspose2d conv_transpose deconv deconvolution transpose_conv upconv"}, {"resize_conv", "upsample interpolate upsample_conv"},
	{"identity", "skip residual shortcut skip_connection"}, {"bypass", "skip shortcut skip_connection"},
	{"feedback", "topdown top_down backward"}, {"feedforward", "bottomup bottom_up forward"}, {"lateral", "recurrent horizontal self_recurrent"},
}

// absent are words for what a file cannot say, with what holds instead.
var absent = []struct{ words, instead string }{
	{"num_classes n_classes classes nclasses num_labels n_labels", "the number of classes is that of the stimuli"},
	{"device gpu gpus n_gpus cuda accelerator", "everything is computed on the processor; --threads says with how many threads"},
	{"num_workers n_workers workers pin_memory", "images are read ahead with as many threads as --threads says"},
	{"dropout dropout_rate p_dropout", "there is no dropout; train.weight_decay and stimuli.augment regularise"},
	{"clip grad_clip gradient_clip clip_grad_norm gradient_clip_val max_grad_norm", "gradients are not clipped; a lower train.rate, or train.warm_up, keeps training from diverging"},
	{"stride strides downsample padding", "it follows from the shapes of the two areas"},
	{"in_channels in_features in_chan", "it follows from the source, or the layer before"},
	{"num_layers n_layers n_areas num_areas depth", "areas = [\"V1\", …] names the areas from the lowest to the highest"},
	{"weights pretrained checkpoint load init_from weights_path resume_from", "weights begin at random, by seed; none are loaded"},
	{"shuffle", "training images come in a new order in every epoch, by seed"},
	{"maps", "[analysis.feature_maps] images = 4 says how many images are drawn, [analysis] feature_maps = false that none are"},
	{"patience early_stopping", "training takes all epochs; the checkpoint of the best on validation is kept besides"},
}

// plainWord is a word as the tables of synonyms have it.
func plainWord(word string) string { return strings.ReplaceAll(strings.ToLower(word), "-", "_") }

// synonymAmong returns the one of the known words that found is another word
// for, "" where there is none.
func synonymAmong(found string, known []string) string {
	for _, s := range synonyms {
		if slices.Contains(strings.Fields(s.words), plainWord(found)) && slices.Contains(known, s.word()) {
			return s.word()
		}
	}
	return ""
}

// KeyOf returns the key of an experiment that a word stands for, such as
// "train.rate" for "lr" and "train.epochs" for "epochs"; "" where there is none.
// Keys of areas and connections are not among them.
func KeyOf(word string) string {
	word = plainWord(word)
	head := decode.KeysOf(&Head{})
	for _, s := range synonyms {
		table, _, in := strings.Cut(s.key, ".")
		if !in && !slices.Contains(head, s.key) || !in && slices.Contains(Tables, s.key) || strings.Contains(s.key, ".NAME.") || table == "role" {
			continue
		}
		if s.word() == word || slices.Contains(strings.Fields(s.words), word) {
			return s.key
		}
	}
	if slices.Contains(head, word) || slices.Contains([]string{"areas", "pattern", "without"}, word) {
		return word
	}
	if slices.Contains(decode.KeysOf(&Training{}), word) {
		return "train." + word
	}
	return ""
}

// notThere says what holds in place of what a file cannot say; "" where a word is
// for nothing of the sort.
func notThere(word string) string {
	for _, a := range absent {
		if slices.Contains(strings.Fields(a.words), plainWord(word)) {
			return "; " + a.instead
		}
	}
	return ""
}

// otherwise says of an unknown key what it is called elsewhere, or what holds in
// its place; "" where nothing is known of it.
func otherwise(path []string, key string) string {
	word := plainWord(key)
	if hint := notThere(word); hint != "" {
		return hint
	}
	top := ""
	if len(path) > 0 {
		top = path[0]
	}
	best := ""
	for _, s := range synonyms {
		table, _, in := strings.Cut(s.key, ".")
		if !slices.Contains(strings.Fields(s.words), word) || !in && !slices.Contains(decode.KeysOf(&Head{}), s.key) && !slices.Contains(Tables, s.key) {
			continue
		}
		if table == top || best == "" {
			best = s.key
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}
