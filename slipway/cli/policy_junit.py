"""What policies say of a stack as JUnit XML: a case for each rule that found something, or one that passed.

Format: the elements of Apache Ant's JUnit task that CodeBuild reads (user guide, "Create a test report").
"""

from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, tostring

from slipway.cli.policy_view import summary, undecided
from slipway.model.policy_report import PolicyFinding, PolicyLevel, PolicyReport


def junit(report: PolicyReport) -> bytes:
    """Write a report."""
    suite = Element("testsuite", name=f"slipway policy check, {report.pack}")
    mandatory = [each for each in report.standing if each.level is PolicyLevel.MANDATORY]
    for rule, found in groupby(sorted(mandatory, key=lambda each: each.rule), key=lambda each: each.rule):
        _case(suite, rule, "failure", "\n".join(_line(each) for each in found))
    if report.waivers:
        _case(suite, "waivers", "failure", "\n".join(report.waivers))
    if report.undecided:
        _case(suite, "undecided", "error", undecided(report))
    if not len(suite):
        case = SubElement(suite, "testcase", classname=report.pack, name="every rule")
        SubElement(case, "system-out").text = summary(report)
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", str(len(suite.findall("testcase/error"))))
    return bytes(tostring(suite, encoding="utf-8", xml_declaration=True))


def _case(suite: Element, name: str, kind: str, said: str) -> None:
    case = SubElement(suite, "testcase", classname="slipway policy", name=name)
    SubElement(case, kind, message=said.splitlines()[0]).text = said


def _line(found: PolicyFinding) -> str:
    return f"{found.message} ({found.urn}); {found.remedy}"
