using System.Diagnostics;
using Rsvp.Client;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Client;

/// <summary>The .NET client and the sample, against a running system.</summary>
[Collection(SystemCollection.Name)]
public sealed class ClientTests(SystemFixture system)
{
    [Theory]
    [InlineData(OutcomeWait.Held)]
    [InlineData(OutcomeWait.Polling)]
    [InlineData(OutcomeWait.Push)]
    public async Task An_outcome_is_awaited_in_every_way(OutcomeWait wait)
    {
        await using var host = ClientOf(system.NewPerson(), wait);
        await using var ada = ClientOf(system.NewPerson(), wait);
        await using var ben = ClientOf(system.NewPerson(), wait);
        var opened = await host.OpenActivityAsync(new NewActivity { Title = "Chess night", StartsAt = TimeProvider.System.GetUtcNow().AddDays(3), Capacity = 1 });
        var activity = opened.Activity!.Id;

        var confirmed = await ada.SubmitAsync(activity);
        var waiting = await ben.SubmitAsync(activity, new SubmitOptions { GuestCount = 0 });
        var again = await ben.SubmitAsync(activity);
        var left = await ben.CancelAsync(activity);

        Assert.Equal(("confirmed", "waitlisted", 1), (confirmed.Rsvp!.Status, waiting.Rsvp!.Status, waiting.Rsvp.WaitlistPosition));
        Assert.Equal(("already_registered", waiting.Rsvp.Id), (again.Problem!.Code, again.Problem.Rsvp!.Id));
        Assert.Equal("cancelled", left.Rsvp!.Status);
        Assert.Equal((1, 0), ((await host.GetActivityAsync(activity)).Confirmed, (await host.GetActivityAsync(activity)).WaitlistLength));
    }

    [Fact]
    public async Task The_same_key_is_the_same_request()
    {
        await using var ada = ClientOf(system.NewPerson());
        var activity = await system.OpenAsync(5);
        var options = new CommandOptions { IdempotencyKey = "once" };

        var first = await ada.SubmitAsync(activity, options: options);
        var second = await ada.SubmitAsync(activity, options: options);

        Assert.Equal(first, second);
    }

    [Fact]
    public async Task A_watch_begins_with_now_and_sees_the_promotion_also_after_the_push_service_died()
    {
        var activity = await system.OpenAsync(1);
        var first = await system.JoinAsync(activity);
        await using var ben = ClientOf(system.NewPerson());
        await ben.SubmitAsync(activity);
        var seen = new List<ActivityState>();
        using var end = new CancellationTokenSource();
        var watching = Task.Run(async () =>
        {
            await foreach (var state in ben.WatchAsync(activity, end.Token))
            {
                lock (seen)
                {
                    seen.Add(state);
                }
            }
        });
        await SeesAsync(state => state is { IsConnected: true, Own: { Status: "waitlisted", WaitlistPosition: 1 }, Counts.Confirmed: 1, WaitlistLength: 1 });

        await system.Instance.KillAsync("notifier-1", CancellationToken.None);
        try
        {
            await SeesAsync(state => !state.IsConnected);
            await first.CancelAsync(activity);
        }
        finally
        {
            await system.Instance.StartAsync("notifier-1", CancellationToken.None);
        }

        await SeesAsync(state => state is { IsConnected: true, Own.Status: "confirmed", WaitlistLength: 0 });
        await end.CancelAsync();
        await watching;
        var versions = seen.Select(state => state.Counts?.Version ?? 0).ToArray();
        Assert.Equal(versions.Order(), versions);

        Task SeesAsync(Func<ActivityState, bool> what) => Eventually.HoldsAsync(
            () =>
            {
                lock (seen)
                {
                    return seen.Exists(state => what(state));
                }
            },
            "the watch sees it");
    }

    [Fact]
    public async Task An_activity_that_is_not_there_cannot_be_watched()
    {
        await using var ada = ClientOf(system.NewPerson());

        var refusal = await Assert.ThrowsAsync<RsvpException>(async () =>
        {
            await foreach (var _ in ada.WatchAsync(Guid.NewGuid()))
            {
            }
        });

        Assert.Equal("activity_not_found", refusal.Problem.Code);
    }

    [Fact]
    public async Task The_sample_follows_a_place_until_there_is_a_seat()
    {
        var activity = await system.OpenAsync(1);
        var first = await system.JoinAsync(activity);
        var sample = Path.Combine(Repository.PathOf("samples", "AttendConsole"), "bin", "Release", "net10.0", "AttendConsole.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [sample, system.Run.ApiUrl, system.NewPerson().Token, activity.ToString()]) { RedirectStandardOutput = true })!;
        Assert.Equal("number 1 of 1 in line", await process.StandardOutput.ReadLineAsync());

        await first.CancelAsync(activity);

        var rest = await Eventually.EndsAsync(process.StandardOutput.ReadToEndAsync(), "the sample ended");
        Assert.EndsWith("confirmed", rest.TrimEnd(), StringComparison.Ordinal);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task The_sample_says_what_goes_wrong_and_ends()
    {
        var sample = Path.Combine(Repository.PathOf("samples", "AttendConsole"), "bin", "Release", "net10.0", "AttendConsole.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [sample, system.Run.ApiUrl, "no-token", Guid.NewGuid().ToString()]) { RedirectStandardError = true })!;

        var said = await Eventually.EndsAsync(process.StandardError.ReadToEndAsync(), "the sample ended");

        await process.WaitForExitAsync();
        Assert.StartsWith("unauthorized: ", said, StringComparison.Ordinal);
        Assert.Equal(1, process.ExitCode);
    }

    private RsvpClient ClientOf(Person person, OutcomeWait wait = OutcomeWait.Held) => new(new RsvpClientOptions
    {
        BaseAddress = new Uri(system.Run.ApiUrl),
        GetTokenAsync = _ => ValueTask.FromResult<string?>(person.Token),
        Wait = wait,
    });
}
