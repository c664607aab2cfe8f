"""What wrapping a layer writes: a module a component, and one of the program. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from slipway.adopt.identifiers import snake
from slipway.adopt.wrap.component import Sources, class_names, component_of
from slipway.adopt.wrap.component_names import PACKAGE, module_name
from slipway.adopt.wrap.component_text import ComponentText
from slipway.adopt.wrap.part_text import AT_MOST_LINES, parts_of
from slipway.adopt.wrap.program_text import ProgramText, program_of
from slipway.adopt.wrap.shape import shape_of
from slipway.adopt.wrap.siblings import common_tags
from slipway.model.adopted import AdoptedLayer
from slipway.ports.resource_types import ResourceTypes


def written_files(
    layer: AdoptedLayer,
    outputs: Mapping[str, Mapping[str, str]],
    types: ResourceTypes,
    whole: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """Write a layer as components; the formatter has still to lay the files out.

    Args:
        layer: as it was adopted.
        outputs: texts that the stack's state has of each resource, by URN and Python's name.
        types: what the SDK says.
        whole: what is written without it, laid out: a component whose file is too long is divided.

    Returns:
        The files' contents by their paths below the platform's folder.
    """
    shape = shape_of(layer)
    sources = Sources(types=types, outputs=outputs, tags=common_tags(shape))
    root = component_of(shape, class_names(layer.layer, shape), sources)
    folder = f"{PACKAGE.replace('.', '/')}/{snake(layer.layer)}"
    files = {f"{folder}/__init__.py": f'"""The layer {layer.layer}, which was Terraform\'s."""\n'}
    for each in root.walk():
        undivided = whole.get(f"{folder}/{module_name(each)}.py", "")
        if undivided.count("\n") > AT_MOST_LINES:
            each.parts = parts_of(each, undivided)
    for each in root.walk():
        written = ComponentText(each, layer.layer).files()
        files |= {f"{folder}/{name}.py": text for name, text in written.items()}
    files[f"{program_of(layer.layer).replace('.', '/')}.py"] = ProgramText(root, layer.layer).text()
    return files
