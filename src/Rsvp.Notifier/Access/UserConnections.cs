using Microsoft.Extensions.Options;
using Rsvp.Notifier.Watching;

namespace Rsvp.Notifier.Access;

/// <summary>The open connections of each user, of hub and sockets together.</summary>
internal sealed class UserConnections(IOptions<PushOptions> options)
{
    private readonly Dictionary<Guid, HashSet<Watcher>> _open = [];
    private readonly Lock _lock = new();

    /// <summary>Counts one more; whoever gets true says <see cref="Close"/> in the end.</summary>
    /// <returns>False when the user has as many as one may have.</returns>
    internal bool TryOpen(Watcher watcher)
    {
        lock (_lock)
        {
            if (!_open.TryGetValue(watcher.UserId, out var open))
            {
                _open.Add(watcher.UserId, open = []);
            }

            return open.Count < options.Value.ConnectionsPerUserMax && open.Add(watcher);
        }
    }

    internal void Close(Watcher watcher)
    {
        lock (_lock)
        {
            var open = _open[watcher.UserId];
            open.Remove(watcher);
            if (open.Count == 0)
            {
                _open.Remove(watcher.UserId);
            }
        }
    }

    /// <summary>Users who have a connection.</summary>
    internal Guid[] Users()
    {
        lock (_lock)
        {
            return [.. _open.Keys];
        }
    }

    /// <summary>Ends every connection of a user.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="code">Why.</param>
    internal void End(Guid userId, string code)
    {
        Watcher[] open;
        lock (_lock)
        {
            open = [.. _open.GetValueOrDefault(userId) ?? []];
        }

        foreach (var watcher in open)
        {
            watcher.End(code);
        }
    }
}
