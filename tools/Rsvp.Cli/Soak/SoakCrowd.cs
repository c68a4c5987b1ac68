using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace Rsvp.Cli.Soak;

/// <summary>The people of a soak and their host: does what <see cref="SoakLoad"/> draws.</summary>
internal sealed class SoakCrowd(SoakClient client, int seed, TimeProvider time)
{
    private const int HostNumber = -1;
    private const int ProberNumber = -2;

    // Long enough for some to be answered, short enough for some to run out.
    private const double OfferMinutes = 0.15;

    private readonly Guid[] _activities = new Guid[SoakLoad.ActivityCount];
    private readonly ConcurrentDictionary<(int Person, int Activity), Guid> _rsvps = [];
    private readonly Guid _host = SoakLoad.UserId(seed, HostNumber);
    private readonly Guid _prober = SoakLoad.UserId(seed, ProberNumber);
    private int _probeCount;

    internal Guid[] Users => [_host, _prober, .. Enumerable.Range(0, SoakLoad.PersonCount).Select(person => SoakLoad.UserId(seed, person))];

    internal async Task OpenAsync(CancellationToken cancellationToken)
    {
        for (int index = 0; index < _activities.Length; index++)
        {
            string body = JsonSerializer.Serialize(new
            {
                title = string.Create(CultureInfo.InvariantCulture, $"Soak {index}"),
                startsAt = time.GetUtcNow().AddDays(30),
                capacity = SoakLoad.CapacityStart,
                promotionMode = SoakLoad.Offers(index) ? "offer" : "auto",
                offerMinutes = OfferMinutes,
            });
            JournalEntry entry = await client.AskAsync(
                new SoakRequest(_host, HttpMethod.Post, "/api/activities", body), string.Create(CultureInfo.InvariantCulture, $"open-{index}"), cancellationToken);
            _activities[index] = entry.Answers[^1].ActivityId ?? throw new ToolException($"an activity could not be opened: {entry.Answers[^1]}");
            await client.ResolveAsync(entry, cancellationToken);
        }
    }

    /// <summary>Everybody does one thing after another until the end, and finishes what they began.</summary>
    /// <param name="end">Nothing new is begun.</param>
    /// <param name="giveUp">What was begun and not answered is given up.</param>
    internal Task RunAsync(CancellationToken end, CancellationToken giveUp) =>
        Task.WhenAll(Enumerable.Range(HostNumber, SoakLoad.PersonCount + 1).Select(person => LiveAsync(person, end, giveUp)));

    /// <summary>Asks something of every activity; returns when all were answered with an outcome.</summary>
    internal Task ProbeAsync(CancellationToken cancellationToken)
    {
        int probe = Interlocked.Increment(ref _probeCount);
        return Task.WhenAll(Enumerable.Range(0, _activities.Length).Select(async activity =>
        {
            var request = new SoakRequest(_prober, HttpMethod.Post, $"/api/activities/{_activities[activity]}/rsvp", "{}");
            JournalEntry entry = await client.AskAsync(request, string.Create(CultureInfo.InvariantCulture, $"probe-{probe}"), cancellationToken);
            await client.ResolveAsync(entry, cancellationToken);
        }));
    }

    /// <summary>No offer is made from now on, so that the open ones run out and everything comes to rest.</summary>
    internal Task EndOffersAsync(CancellationToken cancellationToken) => Task.WhenAll(
        Enumerable.Range(0, _activities.Length).Where(SoakLoad.Offers).Select(async activity =>
        {
            var request = new SoakRequest(_host, HttpMethod.Patch, $"/api/activities/{_activities[activity]}", """{"promotionMode":"auto"}""");
            JournalEntry entry = await client.AskAsync(request, "end-offers", cancellationToken);
            await client.ResolveAsync(entry, cancellationToken);
        }));

    private async Task LiveAsync(int person, CancellationToken end, CancellationToken giveUp)
    {
        Guid user = SoakLoad.UserId(seed, person);
        int number = 0;
        try
        {
            foreach (SoakStep step in SoakLoad.StepsOf(seed, person))
            {
                await Task.Delay(step.Pause, end);
                SoakRequest request = RequestOf(user, person, step);
                JournalEntry entry = await client.AskAsync(request, string.Create(CultureInfo.InvariantCulture, $"soak-{person}-{number++}"), giveUp);
                if (step.SendsAgain) await client.RepeatAsync(entry, request, giveUp);
                if (entry.Decision?.Rsvp is { } rsvp) _rsvps[(person, step.Activity)] = rsvp.Id;
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The end of the soak; what was not answered is in the journal.
        }
    }

    private SoakRequest RequestOf(Guid user, int person, SoakStep step)
    {
        string activity = $"/api/activities/{_activities[step.Activity]}";
        string guests = string.Create(CultureInfo.InvariantCulture, $$"""{"guestCount":{{step.Number}}}""");
        return step.Action switch
        {
            SoakAction.SetCapacity => new(user, HttpMethod.Patch, activity, string.Create(CultureInfo.InvariantCulture, $$"""{"capacity":{{step.Number}}}""")),
            SoakAction.Update => new(user, HttpMethod.Put, $"{activity}/rsvp", guests),
            SoakAction.Cancel => new(user, HttpMethod.Delete, $"{activity}/rsvp", null),

            // Whoever does not know their RSVP yet has nothing to answer.
            SoakAction.AcceptOffer when _rsvps.TryGetValue((person, step.Activity), out Guid rsvp) => new(user, HttpMethod.Post, $"/api/rsvps/{rsvp}/accept", null),
            SoakAction.DeclineOffer when _rsvps.TryGetValue((person, step.Activity), out Guid rsvp) => new(user, HttpMethod.Post, $"/api/rsvps/{rsvp}/decline", null),
            _ => new(user, HttpMethod.Post, $"{activity}/rsvp", guests),
        };
    }
}
