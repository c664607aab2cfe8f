package main

import (
	"os/exec"
	"syscall"
)

// dieWithParent has the kernel kill the child when this host is killed without a chance to end it.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
