package experiments

// AtMoment makes f be called whenever a file is about to be made, renamed, has
// been renamed, or is about to be removed.
func AtMoment(f func()) { moment = f }
