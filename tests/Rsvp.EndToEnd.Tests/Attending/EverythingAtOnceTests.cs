using System.Net;
using System.Text.Json;
using Rsvp.EndToEnd.Tests.Systems;

namespace Rsvp.EndToEnd.Tests.Attending;

/// <summary>All that attendees can do, at once, on shared activities.</summary>
[Collection(SystemCollection.Name)]
public sealed class EverythingAtOnceTests(SystemFixture system)
{
    private const int People = 60;
    private const int StepsEach = 12;

    [Fact]
    public async Task Whatever_attendees_do_at_once_leaves_a_clean_audit()
    {
        SystemFixture.NeedsOwn();
        var host = system.NewPerson();
        Guid[] activities =
        [
            await host.OpenAsync(15),
            await host.OpenAsync(10, new { promotionMode = "offer", offerMinutes = 0.02 }),
            await host.OpenAsync(20, new { skipLimit = 0 }),
        ];
        var people = await system.KnownAsync(People);

        var answers = await Task.WhenAll(people.Select((person, index) => LiveAsync(person, people, activities, new Random(index))));

        Assert.All(answers.SelectMany(answer => answer), answer => Assert.True(
            answer.Status is not (HttpStatusCode.InternalServerError or HttpStatusCode.Accepted or HttpStatusCode.ServiceUnavailable),
            $"{answer.Status}: {answer.Body}"));
        await system.AssertAuditIsCleanAsync();
    }

    private static async Task<List<Answer>> LiveAsync(Person person, List<Person> people, Guid[] activities, Random random)
    {
        var answers = new List<Answer>();
        for (var step = 0; step < StepsEach; step++)
        {
            var activity = activities[random.Next(activities.Length)];
            answers.Add(await (random.Next(12) switch
            {
                < 4 => person.SubmitAsync(activity, random.Next(1, 4)),
                < 6 => person.CancelAsync(activity),
                6 => person.ResizeAsync(activity, random.Next(1, 4)),
                7 => person.RegisterAsync(activity, "all_or_nothing", Some(people, random)),
                8 => person.RegisterAsync(activity, "best_effort", Some(people, random)),
                9 => AnswerAsync(person, activities[1], random.Next(3) == 0 ? "decline" : "accept"),
                10 => CancelGroupsAsync(person, activity),
                _ => random.Next(4) == 0 ? person.SendAsync(HttpMethod.Delete, "/api/users/me") : person.CancelAsync(activity),
            }));
        }

        return answers;
    }

    private static List<Person> Some(List<Person> people, Random random) => [.. random.GetItems(people.ToArray(), random.Next(2, 5)).Distinct()];

    private static async Task<Answer> AnswerAsync(Person person, Guid activity, string answer)
    {
        var rsvp = await person.GetAsync($"/api/activities/{activity}/rsvp");
        return rsvp.Status == HttpStatusCode.OK ? await person.AnswerOfferAsync(activity, answer) : rsvp;
    }

    private static async Task<Answer> CancelGroupsAsync(Person person, Guid activity)
    {
        var rsvp = await person.GetAsync($"/api/activities/{activity}/rsvp");
        return rsvp.Status == HttpStatusCode.OK && rsvp.Body.GetProperty("groupId") is { ValueKind: JsonValueKind.String } group
            ? await person.SendAsync(HttpMethod.Delete, $"/api/activities/{activity}/rsvps/group/{group.GetGuid()}")
            : rsvp;
    }
}
