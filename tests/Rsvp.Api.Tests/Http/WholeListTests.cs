using Microsoft.Extensions.DependencyInjection;
using Rsvp.Api.Rsvps;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Tests.Http;

/// <summary>Whole lists, which hold a connection of the database for as long as somebody reads them.</summary>
public sealed class WholeListTests(ApiWorld world) : SeededReads(world), IClassFixture<ApiWorld>
{
    [Fact]
    public async Task Only_so_many_are_read_at_once_and_the_next_is_told_to_come_back()
    {
        await SeedAsync();
        await SeedRsvpAsync(Guid.NewGuid(), "confirmed");
        var reads = World.Services.GetRequiredService<HostedRsvpReads>();
        var lists = Enumerable.Range(0, HostedRsvpReads.StreamsMax).Select(_ => Begin()).ToList();
        try
        {
            foreach (var list in lists)
            {
                Assert.True(await list.MoveNextAsync());
            }

            var refused = await GetCsvAsync();
            var page = await GetAsync($"/api/activities/{ActivityId}/rsvps", ApiWorld.Token(HostId));
            await lists[0].DisposeAsync();
            var served = await GetCsvAsync();

            Assert.Equal((503, ProblemCodes.Unavailable), (refused.Status, refused.Code));
            Assert.Equal((200, 200), (page.Status, served.Status));
        }
        finally
        {
            foreach (var list in lists)
            {
                await list.DisposeAsync();
            }
        }

        Task<Answer> GetCsvAsync() => World.SendAsync(HttpMethod.Get, $"/api/activities/{ActivityId}/rsvps", ApiWorld.Token(HostId), null, ("Accept", "text/csv"));

        IAsyncEnumerator<HostedRsvp> Begin() => reads.StreamAsync(new HostedRsvpFilter(ActivityId, null, null), default).GetAsyncEnumerator();
    }
}
