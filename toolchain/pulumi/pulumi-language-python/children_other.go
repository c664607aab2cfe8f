//go:build !linux

package main

import "os/exec"

// dieWithParent does nothing: only Linux has a parent-death signal. The engine kills the host's whole process group.
func dieWithParent(*exec.Cmd) {}
