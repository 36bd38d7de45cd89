package rundir

// Stopped is how a run is called whose file says that it is running, while no
// process works on it: it was killed, and can go on.
const Stopped = "stopped"

// Stand is how a run stands by run.json and by its lock together.
type Stand struct {
	Info  *Info
	State string // that of Info, or Stopped
	InUse bool   // a process holds the lock

	// Unsure is that it is called running by run.json alone, since the file system
	// has no locks to tell: its process may have been killed.
	Unsure bool
}

// ReadStand reads how the run in the folder stands. What run.json says of a run that
// nobody works on was read while nobody could: a run that ends while it is looked
// at counts as ended.
func ReadStand(f Folder) (*Stand, error) {
	s := &Stand{Info: &Info{}}
	if err := f.ReadJSON(InfoFile, s.Info); err != nil {
		return nil, err
	}
	if s.State = s.Info.State; s.State == Finished {
		return s, nil
	}
	BetweenReads()
	lock, err := f.Share()
	if err != nil {
		s.InUse = true
		return s, nil
	}
	defer lock.Release()
	s.Info = &Info{}
	if err := f.ReadJSON(InfoFile, s.Info); err != nil {
		return nil, err
	}
	if s.State = s.Info.State; s.State == Running {
		if s.Unsure = !f.Locks(); !s.Unsure {
			s.State = Stopped
		}
	}
	return s, nil
}

// Held is how a run stands that this process has locked, and has not begun to work
// on.
func (i *Info) Held() string {
	if i.State == Running {
		return Stopped
	}
	return i.State
}

// BetweenReads is told of the moment before the lock is looked at; tests end a run
// there.
var BetweenReads = func() {}

// StateText is a state in words, those of a run that is unsure to be running, too.
func StateText(state string, unsure bool) string {
	if unsure {
		return state + " (no locks here)"
	}
	return state
}
