using System.Net;
using Rsvp.EndToEnd.Tests.Scaling;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Faults;

/// <summary>Processes whose clocks are minutes apart: what depends on time follows the database's clock.</summary>
[Collection(SystemCollection.Name)]
[Trait("Category", "Long")]
public sealed class ClockTests(SystemFixture system) : IAsyncLifetime
{
    private const string Skew = "RSVP_CLOCK_SKEW";
    private const string Fast = "worker-1";
    private const string Slow = "worker-2";

    // Long enough to be seen.
    private const double OfferMinutes = 0.03;

    public async ValueTask InitializeAsync()
    {
        await system.Instance.StopAsync([Fast, Slow, "api-1"], CancellationToken.None);
        await system.StartWithAsync(Fast, (Skew, "00:10:00"));
        await system.StartWithAsync(Slow, (Skew, "-00:10:00"));
        await system.StartWithAsync("api-1", (Skew, "00:10:00"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in new[] { Fast, Slow, "api-1" })
        {
            if (system.Instance.State.Alive(service) is not null)
            {
                await system.Instance.StopAsync(service, CancellationToken.None);
            }

            await system.Instance.StartAsync(service, CancellationToken.None);
        }
    }

    [Fact]
    public async Task Windows_and_offers_follow_the_databases_clock_on_a_fast_and_on_a_slow_worker_and_go_on_when_the_fast_one_has_died()
    {
        foreach (var worker in new[] { Fast, Slow })
        {
            // Open by the database's clock, and closed by that of a worker, or the other way round.
            var open = await system.OpenOnAsync(worker, 1, new { registrationClosesAt = TimeProvider.System.GetUtcNow().AddMinutes(5) });
            var closed = await system.OpenOnAsync(worker, 1, new { registrationClosesAt = TimeProvider.System.GetUtcNow().AddMinutes(-5) });

            Assert.Equal("confirmed", (await system.NewPerson().SubmitAsync(open)).RsvpStatus);
            Assert.Equal((HttpStatusCode.Conflict, "registration_closed"), await RefusalAsync(closed));
            await OfferEndsInTimeAsync(await OpenWithOffersAsync(worker));
        }

        await system.Instance.KillAsync(Fast, CancellationToken.None);
        await OfferEndsInTimeAsync(await OpenWithOffersAsync(Slow));
        await system.AssertAuditIsCleanAsync();
    }

    private Task<Guid> OpenWithOffersAsync(string worker) => system.OpenOnAsync(worker, 1, new { promotionMode = "offer", offerMinutes = OfferMinutes });

    private async Task<(HttpStatusCode Status, string? Code)> RefusalAsync(Guid activity)
    {
        var answer = await system.NewPerson().SubmitAsync(activity);
        return (answer.Status, answer.Code);
    }

    private async Task OfferEndsInTimeAsync(Guid activity)
    {
        var seated = await system.JoinAsync(activity);
        var waiting = await system.JoinAsync(activity);
        await seated.CancelAsync(activity);

        await waiting.BecomesAsync(activity, "cancelled");

        await using var command = system.Database.CreateCommand(
            """
            SELECT max(at) FILTER (WHERE new_status = 'cancelled') - min(at) FILTER (WHERE new_status = 'offered')
            FROM   rsvp_analytics
            WHERE  activity_id = $1 AND rsvp_id = (SELECT rsvp_id FROM rsvps WHERE activity_id = $1 AND user_id = $2)
            """);
        command.Parameters.AddWithValue(activity);
        command.Parameters.AddWithValue(waiting.Id);
        var stood = Assert.IsType<TimeSpan>(await command.ExecuteScalarAsync());
        Assert.InRange(stood, TimeSpan.FromMinutes(OfferMinutes), Eventually.DefaultDeadline);
    }
}
