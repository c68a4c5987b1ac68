using System.Diagnostics;

namespace Rsvp.Cli.Storm;

/// <summary>
/// One rush on one activity: who asks for what, and what came of it. Everything that is written while the clock runs is an array by
/// user, made beforehand.
/// </summary>
internal class StormRound
{
    private readonly double? _rate;
    private int _next = -1;
    private int _doneCount;
    private int _confirmedCount;
    private int _waitlistedCount;
    private int _cancelledCount;
    private volatile bool _isEnded;

    internal StormRound(Guid activityId, Guid[] users, int[] partySizes, string[] tokens, double? rate)
    {
        ActivityId = activityId;
        Users = users;
        PartySizes = partySizes;
        Tokens = tokens;
        _rate = rate;
        SentAt = new long[users.Length];
        DoneAt = new long[users.Length];
        Answers = new Answer[users.Length];
    }

    internal Guid ActivityId { get; }

    /// <summary>True when everybody gives their places back instead of asking for some.</summary>
    internal bool IsCancel { get; init; }

    /// <summary>True when a request is done as soon as it is accepted.</summary>
    internal bool EndsAtAcceptance { get; init; }

    /// <summary>How long requests of a closed loop are sent; null: until all are. Those of an open loop are all sent, however late.</summary>
    internal TimeSpan? Duration { get; init; }

    internal Guid[] Users { get; }

    internal int[] PartySizes { get; }

    /// <summary>Signed beforehand: no clock runs while that is done.</summary>
    internal string[] Tokens { get; }

    /// <summary>Stopwatch ticks at which the request was sent, or was due in an open loop.</summary>
    internal long[] SentAt { get; }

    internal long[] DoneAt { get; }

    internal Answer[] Answers { get; }

    internal long StartedAt { get; private set; }

    internal int Count => Users.Length;

    /// <summary>Requests that were sent, or are about to be.</summary>
    internal int TakenCount => Math.Min(Volatile.Read(ref _next) + 1, Count);

    internal int DoneCount => Volatile.Read(ref _doneCount);

    internal int ConfirmedCount => Volatile.Read(ref _confirmedCount);

    internal int WaitlistedCount => Volatile.Read(ref _waitlistedCount);

    internal int CancelledCount => Volatile.Read(ref _cancelledCount);

    internal TimeSpan Elapsed => Stopwatch.GetElapsedTime(StartedAt);

    /// <summary>Ids of the requests that the API said it had accepted: the client's journal.</summary>
    internal Guid[] AcceptedIds() => [.. Answers.Select(answer => answer.RequestId).Where(id => id != Guid.Empty)];

    /// <summary>From request to outcome, of all that have one.</summary>
    internal IEnumerable<TimeSpan> Times() =>
        Enumerable.Range(0, Count).Where(index => DoneAt[index] > 0).Select(index => Stopwatch.GetElapsedTime(SentAt[index], DoneAt[index]));

    /// <summary>The same of those that were sent, or due, in a part of the round.</summary>
    /// <param name="from">Since its start.</param>
    /// <param name="to">The end, which is not within.</param>
    internal IEnumerable<TimeSpan> Times(TimeSpan from, TimeSpan to) => Enumerable.Range(0, Count)
        .Where(index => DoneAt[index] > 0 && Stopwatch.GetElapsedTime(StartedAt, SentAt[index]) is var at && at >= from && at < to)
        .Select(index => Stopwatch.GetElapsedTime(SentAt[index], DoneAt[index]));

    /// <summary>Whether requests are still being sent.</summary>
    internal bool IsSending => !_isEnded && TakenCount < Count && (_rate is not null || Duration is null || Elapsed <= Duration);

    internal void Start() => StartedAt = Stopwatch.GetTimestamp();

    /// <summary>Sends no more; those that were sent are waited for.</summary>
    internal void EndSending() => _isEnded = true;

    internal bool TryTake(out int index)
    {
        index = -1;
        if (_isEnded || (_rate is null && Elapsed > Duration)) return false;

        index = Interlocked.Increment(ref _next);
        return index < Users.Length;
    }

    /// <summary>How long this request must still wait for its turn; zero in a closed loop.</summary>
    internal TimeSpan Due(int index)
    {
        long now = Stopwatch.GetTimestamp();
        if (_rate is not { } rate)
        {
            SentAt[index] = now;
            return TimeSpan.Zero;
        }

        // Counted from when it was due, not from when a connection was free: a slow server must not hide its own queue.
        SentAt[index] = StartedAt + (long)(index / rate * Stopwatch.Frequency);
        return Stopwatch.GetElapsedTime(now, SentAt[index]);
    }

    /// <summary>A timer may come a little early; what is sent before it was due has waited for nothing.</summary>
    internal void Begin(int index) => SentAt[index] = Math.Min(SentAt[index], Stopwatch.GetTimestamp());

    internal void Complete(int index, Answer answer)
    {
        Answers[index] = answer;
        if (answer.Kind == AnswerKind.None || (answer.Kind == AnswerKind.Pending && !EndsAtAcceptance)) return;

        DoneAt[index] = Stopwatch.GetTimestamp();
        if (answer.Kind == AnswerKind.Confirmed) Interlocked.Increment(ref _confirmedCount);
        if (answer.Kind == AnswerKind.Waitlisted) Interlocked.Increment(ref _waitlistedCount);
        if (answer.Kind == AnswerKind.Cancelled) Interlocked.Increment(ref _cancelledCount);
        Interlocked.Increment(ref _doneCount);
    }
}
