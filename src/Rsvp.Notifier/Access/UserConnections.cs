using Microsoft.Extensions.Options;
using Rsvp.Notifier.Watching;

namespace Rsvp.Notifier.Access;

/// <summary>Counts the open connections of each user, of hub and sockets together.</summary>
internal sealed class UserConnections(IOptions<PushOptions> options)
{
    private readonly Dictionary<Guid, int> _open = [];
    private readonly Lock _lock = new();

    /// <summary>Counts one more; whoever gets true says <see cref="Close"/> in the end.</summary>
    /// <returns>False when the user has as many as one may have.</returns>
    internal bool TryOpen(Guid userId)
    {
        lock (_lock)
        {
            var open = _open.GetValueOrDefault(userId);
            if (open >= options.Value.ConnectionsPerUserMax)
            {
                return false;
            }

            _open[userId] = open + 1;
            return true;
        }
    }

    internal void Close(Guid userId)
    {
        lock (_lock)
        {
            var open = _open[userId] - 1;
            if (open == 0)
            {
                _open.Remove(userId);
            }
            else
            {
                _open[userId] = open;
            }
        }
    }
}
