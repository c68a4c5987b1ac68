using System.Globalization;
using Rsvp.Cli.Instances;

namespace Rsvp.EndToEnd.Tests;

/// <summary>A whole system of its own: two workers, API, notifier, PostgreSQL and RabbitMQ as real processes. Tests may kill any of it.</summary>
public sealed class SystemFixture : IAsyncLifetime
{
    private static readonly TimeSpan StartAtMost = TimeSpan.FromMinutes(5);
    private static int _count;
    private Instance? _instance;

    internal Instance Instance => _instance ?? throw new InvalidOperationException("The system is not running.");

    internal RunFile Run => RunFile.Load(Instance.Home);

    public async ValueTask InitializeAsync()
    {
        int number = Interlocked.Increment(ref _count);
        string parent = Environment.GetEnvironmentVariable("RSVP_TEST_HOME") is { Length: > 0 } given
            ? given
            : throw new InvalidOperationException("RSVP_TEST_HOME is not set: run the tests with ./rsvp test.");
        int firstPort = int.Parse(Environment.GetEnvironmentVariable("RSVP_TEST_PORT_BASE")!, CultureInfo.InvariantCulture);
        string name = string.Create(CultureInfo.InvariantCulture, $"system-{number}");
        var home = new RsvpHome(Path.Combine(parent, name), RsvpHome.FindRoot());

        _instance = Instance.Open(home, firstPort + ((number - 1) * 100), _ => { }, build: false);
        using var limit = new CancellationTokenSource(StartAtMost);
        await _instance.StartAsync(workerCount: 2, limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_instance is null) return;

        await _instance.StopAsync(CancellationToken.None);
        _instance.Dispose();
    }
}
