package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// listPackages prints what is installed without needing pip, which environments made by uv do not have.
//
//go:embed list_packages.py
var listPackages string

// GetProgramDependencies lists the Python packages that a program can import, for `pulumi about`.
func (h *languageHost) GetProgramDependencies(
	ctx context.Context, req *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	ctx, done := h.children.lifetime(ctx)
	defer done()
	python, err := newInterpreter(req.GetInfo(), projectFile)
	if err != nil {
		return nil, err
	}
	cmd, err := python.command(ctx, "-c", listPackages, strconv.FormatBool(req.GetTransitiveDependencies()))
	if err != nil {
		return nil, err
	}
	var output bytes.Buffer
	cmd.Stdout = &output
	if err := pinned(cmd.Run); err != nil {
		return nil, fmt.Errorf("%s: listing the packages of its Python: %w", python.source, err)
	}
	response := &pulumirpc.GetProgramDependenciesResponse{}
	if err := json.Unmarshal(output.Bytes(), &response.Dependencies); err != nil {
		return nil, fmt.Errorf("%s: reading the list of packages: %w", python.source, err)
	}
	return response, nil
}

// installInto installs a project's dependencies and makes sure that an environment came of it.
func installInto(
	ctx context.Context, python *interpreter, req *pulumirpc.InstallDependenciesRequest, stdout, stderr io.Writer,
) error {
	err := python.InstallDependencies(
		ctx, req.GetInfo().GetProgramDirectory(), req.GetUseLanguageVersionTools(), true, stdout, stderr)
	if err != nil {
		return fmt.Errorf("%s: installing dependencies: %w", python.source, err)
	}
	return python.checkVirtualenv()
}
