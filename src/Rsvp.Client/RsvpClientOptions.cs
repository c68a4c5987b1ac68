namespace Rsvp.Client;

/// <summary>Where the API is, who asks, and how patient the client is.</summary>
public sealed record RsvpClientOptions
{
    internal static readonly TimeSpan HoldForMin = TimeSpan.FromSeconds(1);

    // What the API holds at most.
    internal static readonly TimeSpan HoldForMax = TimeSpan.FromSeconds(30);

    /// <summary>The API's public origin.</summary>
    public required Uri BaseAddress { get; init; }

    /// <summary>Gives the person's token; asked before every request, so a new one is used at once. Null, or a null token: as nobody, who may only look.</summary>
    public Func<CancellationToken, ValueTask<string?>>? GetTokenAsync { get; init; }

    /// <summary>How outcomes are awaited; default <see cref="OutcomeWait.Held"/>.</summary>
    public OutcomeWait Wait { get; init; } = OutcomeWait.Held;

    /// <summary>How long one answer may be held back for its outcome, in whole seconds; default 20 s, from 1 s to 30 s, which is what the API holds.</summary>
    public TimeSpan HoldFor { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a command is sent again after failures that pass, before the last of them is thrown; default a minute.</summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The first pause between two tries or two polls; each is twice as long, up to 5 s. Default 200 ms.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Sends requests and opens connections; null for the usual one. It is not disposed.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>Measures time; null for the system's.</summary>
    public TimeProvider? TimeProvider { get; init; }
}

/// <summary>How the outcome of a command is awaited.</summary>
public enum OutcomeWait
{
    /// <summary>The API holds its answer back until the outcome is known: one round trip, and a long poll when it takes longer.</summary>
    Held,

    /// <summary>The API answers at once, and is asked again after pauses: for what stands between and allows no slow answers.</summary>
    Polling,

    /// <summary>The API answers at once, and a push says when to ask: for programs that are connected anyway. Where nothing is pushed, it polls.</summary>
    Push,
}
