using System.Net;
using System.Text.Json;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Systems;

/// <summary>Several people at once.</summary>
internal static class Crowd
{
    /// <summary>An activity of somebody new.</summary>
    public static Task<Guid> OpenAsync(this SystemFixture system, int? capacity, object? settings = null) => system.NewPerson().OpenAsync(capacity, settings);

    /// <summary>Somebody new who asked and was not refused.</summary>
    public static async Task<Person> JoinAsync(this SystemFixture system, Guid activity, int partySize = 1)
    {
        var person = system.NewPerson();
        Assert.Equal(HttpStatusCode.Created, (await person.SubmitAsync(activity, partySize)).Status);
        return person;
    }

    /// <summary>New people who asked one after the other.</summary>
    public static async Task<List<Person>> JoinAllAsync(this SystemFixture system, Guid activity, params int[] partySizes)
    {
        var people = new List<Person>();
        foreach (var size in partySizes)
        {
            people.Add(await system.JoinAsync(activity, size));
        }

        return people;
    }

    /// <summary>New people whom the system knows.</summary>
    public static async Task<List<Person>> KnownAsync(this SystemFixture system, int count)
    {
        var people = Enumerable.Range(0, count).Select(_ => system.NewPerson()).ToList();
        await Task.WhenAll(people.Select(async person =>
            Assert.Equal(HttpStatusCode.OK, (await person.SendAsync(HttpMethod.Put, "/api/users/me", "{}", waitSeconds: null)).Status)));
        return people;
    }

    public static async Task<string[]> StatusesAsync(this IEnumerable<Person> people, Guid activity) =>
        await Task.WhenAll(people.Select(person => person.StatusAsync(activity)));

    /// <summary>Waits until so many people are confirmed, hold offers, and wait.</summary>
    public static async Task CountsAsync(this SystemFixture system, Guid activity, int confirmed, int waiting, int offered = 0)
    {
        var anyone = system.NewPerson();
        await Eventually.HoldsAsync(
            async () =>
            {
                var capacity = (await anyone.GetAsync($"/api/activities/{activity}/capacity")).Body;
                return (Count(capacity, "confirmed"), Count(capacity, "waitlisted"), Count(capacity, "offered")) == (confirmed, waiting, offered);
            },
            $"{confirmed} are confirmed, {waiting} wait and {offered} hold offers");
    }

    /// <summary>Registers several parties.</summary>
    public static Task<Answer> RegisterAsync(this Person person, Guid activity, string mode, IEnumerable<(Person Member, int PartySize)> members) => person.SendAsync(
        HttpMethod.Post,
        $"/api/activities/{activity}/rsvps/group",
        JsonSerializer.Serialize(new { mode, members = members.Select(member => new { userId = member.Member.Id, guestCount = member.PartySize - 1 }) }));

    /// <summary>Registers single people.</summary>
    public static Task<Answer> RegisterAsync(this Person person, Guid activity, string mode, IEnumerable<Person> members) =>
        person.RegisterAsync(activity, mode, members.Select(member => (member, 1)));

    /// <summary>Accepts or declines what is offered.</summary>
    public static async Task<Answer> AnswerOfferAsync(this Person person, Guid activity, string answer)
    {
        var rsvp = await person.GetAsync($"/api/activities/{activity}/rsvp");
        return await person.SendAsync(HttpMethod.Post, $"/api/rsvps/{rsvp.Body.GetProperty("id").GetGuid()}/{answer}");
    }

    /// <summary>The status of each member in the results of a group command.</summary>
    public static List<string?> MemberStatuses(this Answer answer) =>
        [.. answer.Body.GetProperty("results").EnumerateArray().Select(result =>
            result.GetProperty("rsvp") is { ValueKind: JsonValueKind.Object } rsvp ? rsvp.GetProperty("status").GetString() : null)];

    /// <summary>The problem of each member in the results of a group command.</summary>
    public static List<string?> MemberProblems(this Answer answer) =>
        [.. answer.Body.GetProperty("results").EnumerateArray().Select(result =>
            result.GetProperty("problem") is { ValueKind: JsonValueKind.Object } problem ? problem.GetProperty("code").GetString() : null)];

    private static int Count(JsonElement capacity, string name) => capacity.GetProperty(name).GetInt32();
}
