using Rsvp.Contracts;
using Rsvp.Notifier.Snapshots;

namespace Rsvp.Notifier.Watching;

/// <summary>What can happen to an activity's loop.</summary>
internal abstract record Mail
{
    /// <summary>A connection wants to watch.</summary>
    internal sealed record Join(Watcher Watcher, WatchTarget Target) : Mail
    {
        internal TaskCompletionSource<WatchSnapshot> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>A connection no longer watches one thing; everything when null.</summary>
    internal sealed record Leave(Watcher Watcher, WatchTarget? Target) : Mail;

    /// <summary>Something was committed.</summary>
    internal sealed record Changed(ActivityChanged Change) : Mail;

    /// <summary>A read ended: with a state, with null when there is no such activity, or with an error.</summary>
    internal sealed record Read(ActivityState? State, Exception? Error) : Mail;

    /// <summary>The database was found at this version; null: anything may have been missed.</summary>
    internal sealed record Resync(long? Version) : Mail;

    /// <summary>Something is due.</summary>
    internal sealed record Tick : Mail
    {
        internal static readonly Tick Instance = new();
    }
}

/// <summary>What a new watch is answered with.</summary>
internal sealed record WatchSnapshot(ActivitySnapshot? Activity, RsvpStatusDocument? Rsvp);
