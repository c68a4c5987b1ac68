using System.Text.RegularExpressions;

namespace Rsvp.Api.Tests.Documentation;

/// <summary>The routes that clients were promised are in the document.</summary>
public sealed partial class ContractRoutesTests(GeneratedDocument generated) : IClassFixture<GeneratedDocument>
{
    private static readonly string[] Contract =
    [
        "POST /api/activities/{}/rsvp",
        "PUT /api/activities/{}/rsvp",
        "DELETE /api/activities/{}/rsvp",
        "GET /api/activities/{}/rsvp",
        "POST /api/activities/{}/rsvps/group",
        "DELETE /api/activities/{}/rsvps/group/{}",
        "GET /api/rsvps/{}",
        "GET /api/rsvps/{}/position",
        "GET /api/rsvps/{}/history",
        "GET /api/rsvps/{}/status",
        "POST /api/rsvps/{}/accept",
        "POST /api/rsvps/{}/decline",
        "GET /api/users/my-rsvps",
        "GET /api/users/my-activities",
        "GET /api/users/me",
        "PUT /api/users/me",
        "DELETE /api/users/me",
        "DELETE /api/users/{}",
        "GET /api/requests/{}",
        "GET /api/activities",
        "POST /api/activities",
        "PATCH /api/activities/{}",
        "POST /api/activities/{}/cancel",
        "PUT /api/activities/{}/hosts/{}",
        "DELETE /api/activities/{}/hosts/{}",
        "GET /api/activities/{}",
        "GET /api/activities/{}/capacity",
        "GET /api/activities/{}/rsvps",
        "GET /api/activities/{}/participants",
        "GET /api/activities/{}/waitlist",
        "POST /api/activities/{}/waitlist/promote",
        "POST /api/activities/{}/waitlist/bulk",
        "POST /api/activities/{}/release-no-shows",
        "POST /api/activities/{}/walk-ins",
        "POST /api/rsvps/{}/check-in",
        "DELETE /api/rsvps/{}/check-in",
        "DELETE /api/rsvps/{}",
        "GET /api/activities/{}/analytics/rsvps",
        "GET /api/activities/{}/history",
    ];

    [Fact]
    public void Every_promised_route_is_in_the_document()
    {
        var documented = generated.Operations.Select(operation => Parameter().Replace(operation.Name, "{}"));

        Assert.Empty(Contract.Except(documented));
    }

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Parameter();
}
