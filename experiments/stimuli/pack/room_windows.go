package pack

import "golang.org/x/sys/windows"

// roomIn returns the bytes that are free for this user where a folder lies.
func roomIn(folder string) (int64, error) {
	path, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return 0, err
	}
	var free uint64
	err = windows.GetDiskFreeSpaceEx(path, &free, nil, nil)
	return int64(free), err
}
