"""EC2 route tables, their routes and associations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.aws.resource import Resource, fixed, half_made
from slipway_sandbox.provider.aws.tagging import EC2_TAGS
from slipway_sandbox.provider.contract import ProviderFault

if TYPE_CHECKING:
    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

_DESTINATIONS = {
    "destinationCidrBlock": "DestinationCidrBlock",
    "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}
_INLINE_DESTINATIONS = {
    "cidrBlock": "DestinationCidrBlock",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}
_TARGETS = {
    "gatewayId": "GatewayId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "transitGatewayId": "TransitGatewayId",
    "vpcEndpointId": "VpcEndpointId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
}


def _table(target: Target, id_: str) -> Any:
    return target.client.describe_route_tables(RouteTableIds=[id_])["RouteTables"][0]


def _spelled(given: Properties, names: dict[str, str]) -> Properties:
    return {api: given[key] for key, api in names.items() if given.get(key)}


def _block(route: Any, names: dict[str, str]) -> Properties:
    """A route as the program reads it; a gateway endpoint stands in the GatewayId field."""
    block = {key: route.get(api) for key, api in (names | _TARGETS).items()}
    if str(block["gatewayId"]).startswith("vpce-"):
        block |= {"vpcEndpointId": block["gatewayId"], "gatewayId": None}
    return block


def _own_routes(table: Any) -> list[Any]:
    """Routes that somebody created: the local one and those of gateway endpoints come by themselves."""
    routes = [route for route in table.get("Routes") or [] if route.get("GatewayId") != "local"]
    return [route for route in routes if not str(route.get("GatewayId")).startswith("vpce-")]


class RouteTable(Resource):
    """A route table; without `routes` in the program its routes are left to Route resources."""

    module = "ec2"
    service = "ec2"
    takes = frozenset({"vpcId", "routes"})
    replace_on = frozenset({"vpcId"})
    constant = fixed(propagatingVgws=[])
    tagging = EC2_TAGS

    def make(self, target: Target) -> str:
        """Create the table, then its routes."""
        answer = target.client.create_route_table(VpcId=target.inputs["vpcId"])
        id_ = str(answer["RouteTable"]["RouteTableId"])
        with half_made(id_):
            for route in target.inputs.get("routes") or []:
                self._add(target, id_, route)
        return id_

    def fetch(self, target: Target) -> Properties | None:
        """The table and its routes."""
        table = _table(target, target.id)
        blocks = [_block(route, _INLINE_DESTINATIONS) for route in _own_routes(table)]
        return {
            "vpcId": table["VpcId"],
            "routes": [{key: value for key, value in block.items() if value} for block in blocks],
            "arn": target.arn(f"route-table/{target.id}"),
            "ownerId": table.get("OwnerId", target.account),
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Replace the routes."""
        if "routes" in changed and target.given("routes"):
            for route in _own_routes(_table(target, target.id)):
                where = {api: route[api] for api in _DESTINATIONS.values() if route.get(api)}
                target.client.delete_route(RouteTableId=target.id, **where)
            for route in target.inputs["routes"]:
                self._add(target, target.id, route)

    def remove(self, target: Target) -> None:
        """Delete the table."""
        target.client.delete_route_table(RouteTableId=target.id)

    def _add(self, target: Target, id_: str, route: Properties) -> None:
        where = _spelled(route, _INLINE_DESTINATIONS) | _spelled(route, _TARGETS)
        target.client.create_route(RouteTableId=id_, **where)


class Route(Resource):
    """One route of a table; an import names it "table_destination"."""

    module = "ec2"
    service = "ec2"
    takes = frozenset({"routeTableId", *_DESTINATIONS, *_TARGETS})
    replace_on = frozenset({"routeTableId", *_DESTINATIONS})
    constant = fixed(instanceId="", instanceOwnerId="")

    def make(self, target: Target) -> str:
        """Create the route; its id is made of table and destination."""
        inputs = target.inputs
        target.client.create_route(
            RouteTableId=inputs["routeTableId"],
            **_spelled(inputs, _DESTINATIONS),
            **_spelled(inputs, _TARGETS),
        )
        return f"{inputs['routeTableId']}_{self._destination(inputs)}"

    def fetch(self, target: Target) -> Properties | None:
        """The route among its table's."""
        table, _, destination = target.id.partition("_")
        for route in _table(target, table).get("Routes") or []:
            if destination in [route.get(api) for api in _DESTINATIONS.values()]:
                about = {"origin": route.get("Origin", "CreateRoute"), "state": route.get("State", "active")}
                return _block(route, _DESTINATIONS) | about | {"routeTableId": table}
        return None

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Point it elsewhere."""
        if changed:
            inputs = target.inputs
            target.client.replace_route(
                RouteTableId=inputs["routeTableId"],
                **_spelled(inputs, _DESTINATIONS),
                **_spelled(inputs, _TARGETS),
            )

    def remove(self, target: Target) -> None:
        """Delete the route."""
        target.client.delete_route(
            RouteTableId=target.inputs["routeTableId"], **_spelled(target.inputs, _DESTINATIONS)
        )

    def _destination(self, inputs: Properties) -> str:
        given = [inputs[key] for key in _DESTINATIONS if inputs.get(key)]
        if len(given) != 1:
            raise ProviderFault(f"{self.token}: exactly one destination is needed, {len(given)} are given")
        return str(given[0])


class RouteTableAssociation(Resource):
    """A subnet's or gateway's association; EC2 gives a moved one a new id, so moving it replaces it."""

    module = "ec2"
    service = "ec2"
    takes = frozenset({"routeTableId", "subnetId", "gatewayId"})
    replace_on = frozenset({"routeTableId", "subnetId", "gatewayId"})

    def make(self, target: Target) -> str:
        """Associate them."""
        inputs = target.inputs
        ends = _spelled(inputs, {"subnetId": "SubnetId", "gatewayId": "GatewayId"})
        answer = target.client.associate_route_table(RouteTableId=inputs["routeTableId"], **ends)
        return str(answer["AssociationId"])

    def fetch(self, target: Target) -> Properties | None:
        """The association of that id."""
        by_id = [{"Name": "association.route-table-association-id", "Values": [target.id]}]
        tables = target.client.describe_route_tables(Filters=by_id)["RouteTables"]
        every = [association for table in tables for association in table["Associations"]]
        found = next((a for a in every if a["RouteTableAssociationId"] == target.id), None)
        return found and {
            "routeTableId": found["RouteTableId"],
            "subnetId": found.get("SubnetId"),
            "gatewayId": found.get("GatewayId"),
        }

    def remove(self, target: Target) -> None:
        """End the association."""
        target.client.disassociate_route_table(AssociationId=target.id)


ROUTES = (RouteTable(), Route(), RouteTableAssociation())
