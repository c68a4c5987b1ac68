using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Rsvp.Cli.Instances;

namespace Rsvp.Cli.Soak;

/// <summary>Does the faults of a schedule one after another, heals each, and measures how long people waited.</summary>
internal sealed class FaultRunner(FaultHand hand, SoakCrowd crowd, ServiceCounts counts, Action<string> say)
{
    /// <summary>The longest that a recovery may take; what takes longer is a finding. As promised for a restart of the broker, the slowest of them.</summary>
    internal static readonly TimeSpan RecoveryAtMost = TimeSpan.FromSeconds(30);

    private readonly Stopwatch _clock = new();
    private readonly List<FaultResult> _results = [];
    private readonly List<string> _findings = [];

    /// <summary>Those that were begun, in order.</summary>
    internal IReadOnlyList<FaultResult> Results => _results;

    /// <summary>What did not recover, or ended by itself.</summary>
    internal IReadOnlyList<string> Findings => _findings;

    internal async Task RunAsync(IReadOnlyList<ScheduledFault> schedule, CancellationToken cancellationToken)
    {
        _clock.Restart();
        foreach (ScheduledFault fault in schedule)
        {
            if (fault.Offset - _clock.Elapsed is var early && early > TimeSpan.Zero) await Task.Delay(early, cancellationToken);

            FaultResult result = await StrikeAsync(fault, cancellationToken);
            _results.Add(result);
            foreach (FaultResult one in result.Flat)
            {
                say(one.ToString());
                if (one.AnsweredAfterSeconds is null || one.RecoveredAfterSeconds is null) Find($"no recovery within {RecoveryAtMost.TotalSeconds:0} s from {one.Kind} {one.Victim}");
            }

            FindDead();
        }
    }

    private async Task<FaultResult> StrikeAsync(ScheduledFault fault, CancellationToken cancellationToken)
    {
        FaultKind kind = FaultKind.Of(fault);
        double beganAt = Math.Round(_clock.Elapsed.TotalSeconds, 1);
        say(string.Create(CultureInfo.InvariantCulture, $"{beganAt,6:0.0} s  {fault}"));
        await TryAsync($"{fault.Kind} {fault.Victim}", () => kind.Begin(hand, fault.Victim, cancellationToken));

        // Asked twice: as soon as it stands, and again when it is being healed.
        Task<double?> answered = ProbeAsync(fault.Duration + (fault.Meanwhile?.Duration ?? TimeSpan.Zero), cancellationToken);
        FaultResult? inner = fault.Meanwhile is { } meanwhile ? await StrikeAsync(meanwhile, cancellationToken) : null;
        await TryAsync($"{fault.Kind} {fault.Victim}", () => kind.Hold(hand, fault.Victim, fault.Duration, cancellationToken));
        Task<double?> recovered = ProbeAsync(TimeSpan.Zero, cancellationToken);
        await TryAsync($"healing {fault.Kind} {fault.Victim}", () => kind.Heal(hand, fault.Victim, cancellationToken));
        return new FaultResult(fault, beganAt, await answered, await recovered, inner);
    }

    /// <summary>Seconds until every activity has answered; null when it took longer than is allowed after the duration of the fault.</summary>
    private async Task<double?> ProbeAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(duration + RecoveryAtMost);
        try
        {
            await crowd.ProbeAsync(limit.Token);
            return Math.Round(clock.Elapsed.TotalSeconds, 1);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>What goes wrong with one fault does not end the soak; it is a finding.</summary>
    private async Task TryAsync(string what, Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (Exception exception) when (exception is ToolException or NpgsqlException)
        {
            Find($"{what}: {exception.Message}");
        }
    }

    /// <summary>Services that nobody stopped.</summary>
    private void FindDead()
    {
        foreach (Service service in Service.All(hand.Instance.Ports, counts).Where(service => hand.Instance.State.Alive(service.Name) is null))
        {
            Find($"{service.Name} has ended by itself");
        }
    }

    private void Find(string finding)
    {
        say(string.Create(CultureInfo.InvariantCulture, $"{_clock.Elapsed.TotalSeconds,6:0.0} s  FOUND {finding}"));
        _findings.Add(finding);
    }
}
