using System.Net;
using Rsvp.EndToEnd.Tests.Systems;

namespace Rsvp.EndToEnd.Tests.Hosting;

/// <summary>All that attendees and hosts can do, at once, on shared activities.</summary>
[Collection(SystemCollection.Name)]
public sealed class HostsAtOnceTests(SystemFixture system)
{
    private const int People = 40;
    private const int StepsOfPerson = 10;
    private const int StepsOfHost = 25;

    [Fact]
    public async Task Whatever_hosts_and_attendees_do_at_once_leaves_a_clean_audit()
    {
        SystemFixture.NeedsOwn();
        var hosts = await system.KnownAsync(3);
        Guid[] activities =
        [
            await hosts[0].OpenAsync(12),
            await hosts[0].OpenAsync(8, new { promotionMode = "offer", offerMinutes = 0.02 }),
            await hosts[0].OpenAsync(10, new { skipLimit = 0 }),
        ];
        foreach (var (activity, host) in activities.SelectMany(activity => hosts[1..].Select(host => (activity, host))))
        {
            await hosts[0].SendAsync(HttpMethod.Put, $"/api/activities/{activity}/hosts/{host.Id}");
        }

        var people = await system.KnownAsync(People);
        var attending = people.Select((person, index) => AttendAsync(person, people, activities, new Random(index)));
        var hosting = hosts.Select((host, index) => HostAsync(host, people, activities, new Random(1_000 + index)));
        var answers = await Task.WhenAll(attending.Concat(hosting));

        Assert.All(answers.SelectMany(answer => answer), answer => Assert.True(
            answer.Status is not (HttpStatusCode.InternalServerError or HttpStatusCode.Accepted or HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadRequest),
            $"{answer.Status}: {answer.Body}"));
        await system.AssertAuditIsCleanAsync();
    }

    private static async Task<List<Answer>> AttendAsync(Person person, List<Person> people, Guid[] activities, Random random)
    {
        var answers = new List<Answer>();
        for (var step = 0; step < StepsOfPerson; step++)
        {
            var activity = activities[random.Next(activities.Length)];
            answers.Add(await (random.Next(6) switch
            {
                < 3 => person.SubmitAsync(activity, random.Next(1, 4)),
                3 => person.CancelAsync(activity),
                4 => person.ResizeAsync(activity, random.Next(1, 4)),
                _ => person.RegisterAsync(activity, random.Next(2) == 0 ? "all_or_nothing" : "best_effort", [person, people[random.Next(People)]]),
            }));
        }

        return [.. answers.Where(answer => answer.Code != "duplicate_member")];
    }

    private static async Task<List<Answer>> HostAsync(Person host, List<Person> people, Guid[] activities, Random random)
    {
        var answers = new List<Answer>();
        for (var step = 0; step < StepsOfHost; step++)
        {
            var activity = activities[random.Next(activities.Length)];
            var listed = (await host.GetAsync($"/api/activities/{activity}/rsvps?limit=100")).Body.GetProperty("items").EnumerateArray()
                .Select(item => item.GetProperty("id").GetGuid()).ToArray();
            Guid[] some = listed.Length == 0 ? [Guid.NewGuid()] : random.GetItems(listed, random.Next(1, 6));
            answers.Add(await (random.Next(10) switch
            {
                0 => host.PatchAsync(activity, new { capacity = random.Next(6, 16) }),
                1 => host.PromoteAsync(activity, new { count = random.Next(1, 4) }),
                2 => host.PromoteAsync(activity, new { rsvpIds = some, overrideCapacity = random.Next(3) == 0 }),
                3 => host.BulkAsync(activity, new { action = "promote", rsvpIds = some, dryRun = random.Next(2) == 0 }),
                4 or 5 => host.BulkAsync(activity, new { action = "move", rsvpIds = some, toPosition = random.Next(1, 6) }),
                6 => host.BulkAsync(activity, new { action = "remove", rsvpIds = some[..1] }),
                7 => host.RemoveAsync(some[0]),
                8 => random.Next(2) == 0 ? host.CheckInAsync(some[0]) : host.UndoCheckInAsync(some[0]),
                _ => host.WalkInAsync(activity, people[random.Next(People)], random.Next(1, 3)),
            }));
        }

        return answers;
    }
}
