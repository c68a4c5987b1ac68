using Rsvp.Contracts;

namespace Rsvp.Worker.Partitions;

/// <summary>Cuts a batch into what shares a transaction.</summary>
internal static class Runs
{
    /// <summary>Commands that may touch many places run alone; what stands between them runs together. Order is kept.</summary>
    public static IEnumerable<IReadOnlyList<Command>> Split(IReadOnlyList<Command> commands)
    {
        var run = new List<Command>(commands.Count);
        foreach (var command in commands)
        {
            if (!RunsAlone(command))
            {
                run.Add(command);
                continue;
            }

            if (run.Count > 0)
            {
                yield return run;
                run = [];
            }

            yield return [command];
        }

        if (run.Count > 0)
        {
            yield return run;
        }
    }

    private static bool RunsAlone(Command command) => command is
    { RunPass: not null } or { ExpireOffers: not null } or { UpdateActivity: not null } or { PromoteWaitlist: not null } or { BulkWaitlist: not null }
        or { CancelActivity: not null } or { EndRsvps: not null } or { ReleaseNoShows: not null };
}
