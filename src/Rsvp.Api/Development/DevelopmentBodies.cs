using Rsvp.Api.Bodies;

namespace Rsvp.Api.Development;

/// <summary>Body of <c>POST /development/tokens</c>: who somebody wants to be.</summary>
/// <param name="UserId">Null: somebody new.</param>
/// <param name="Name">What they are called.</param>
internal sealed record TokenBody(Guid? UserId, string Name) : IBody<TokenBody>
{
    private const int NameMax = 80;

    public static TokenBody Read(JsonFields fields)
    {
        fields.Require("name");
        return new TokenBody(fields.Id("userId"), fields.Text("name", NameMax) ?? "");
    }
}

/// <summary>Body of <c>POST /development/rushes</c>: how many people want how many seats, and how many of them ask at once.</summary>
internal sealed record RushBody(int People, int Seats, int Connections) : IBody<RushBody>
{
    // Some ten seconds on two cores.
    private const int PeopleMax = 20_000;
    private const int SeatsMax = 20_000;
    private const int ConnectionsMax = 500;

    public static RushBody Read(JsonFields fields) => new(
        fields.Integer("people", 1, PeopleMax) ?? fields.Default("people", 2_000),
        fields.Integer("seats", 0, SeatsMax) ?? fields.Default("seats", 100),
        fields.Integer("connections", 1, ConnectionsMax) ?? fields.Default("connections", 200));
}
