using System.Collections.Concurrent;
using System.Net;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;
using Rsvp.Worker.Audit;

namespace Rsvp.EndToEnd.Tests.Scaling;

/// <summary>People who ask one after another, for as long as it lasts, and what they were answered.</summary>
internal sealed class Rush : IAsyncDisposable
{
    private const int PeopleAtOnce = 8;

    private readonly ConcurrentBag<(Person Person, Answer Answer)> _journal = [];
    private readonly CancellationTokenSource _end = new();
    private readonly SystemFixture _system;
    private readonly bool _toleratesRefusals;
    private readonly Task _people;
    private int _answered;

    private Rush(SystemFixture system, Guid[] activities, bool toleratesRefusals)
    {
        (_system, Activities, _toleratesRefusals) = (system, activities, toleratesRefusals);
        _people = Task.WhenAll(Enumerable.Range(0, PeopleAtOnce).Select(number => AskAsync(activities[number % activities.Length])));
    }

    /// <summary>What they ask about.</summary>
    internal IReadOnlyList<Guid> Activities { get; }

    internal int Answered => Volatile.Read(ref _answered);

    /// <summary>Begins on activities of several partitions.</summary>
    /// <param name="system">The system.</param>
    /// <param name="toleratesRefusals">True when an API is stopped meanwhile: who is not answered, or told to come again, asks again.</param>
    internal static async Task<Rush> BeginAsync(SystemFixture system, bool toleratesRefusals = false)
    {
        var activities = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => system.OpenAsync(10)));
        return new Rush(system, activities, toleratesRefusals);
    }

    /// <summary>Ends it, and sees that every request has been answered with the one outcome that it has.</summary>
    internal async Task EndsCleanAsync()
    {
        await _end.CancelAsync();
        await _people;
        Assert.NotEmpty(_journal);
        Assert.All(_journal, entry => Assert.Contains(entry.Answer.Status, new[] { HttpStatusCode.Created, HttpStatusCode.Accepted }));
        foreach (var (person, answer) in _journal.Where(entry => entry.Answer.Status == HttpStatusCode.Accepted))
        {
            await Eventually.HoldsAsync(
                async () => (await person.GetAsync($"/api/requests/{answer.RequestId}")).Body.GetProperty("status").GetString() == "completed",
                "an accepted request has its outcome");
        }

        await _system.AssertAuditIsCleanAsync();
        var report = await new Auditor(_system.Database).RunAsync(new AuditOptions { Journal = [.. _journal.Select(entry => Guid.Parse(entry.Answer.RequestId))] });
        Assert.True(report.IsClean, report.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _people.ContinueWith(_ => { }, TaskScheduler.Default);
        _end.Dispose();
    }

    private async Task AskAsync(Guid activity)
    {
        while (!_end.IsCancellationRequested)
        {
            var person = _system.NewPerson();
            if (await TryAskAsync(person, activity) is { } answer)
            {
                _journal.Add((person, answer));
                Interlocked.Increment(ref _answered);
            }
        }
    }

    /// <summary>Null: nothing is known of it, so the journal is silent about it too.</summary>
    private async Task<Answer?> TryAskAsync(Person person, Guid activity)
    {
        try
        {
            var answer = await person.SubmitAsync(activity, waitSeconds: 30);
            return _toleratesRefusals && answer.Status == HttpStatusCode.ServiceUnavailable ? null : answer;
        }
        catch (HttpRequestException) when (_toleratesRefusals)
        {
            return null;
        }
    }
}
