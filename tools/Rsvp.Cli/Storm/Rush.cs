namespace Rsvp.Cli.Storm;

/// <summary>One connection, over which people ask one after another.</summary>
internal interface ILoadConnection : IDisposable
{
    /// <summary>Opens it, before the clock runs.</summary>
    Task ConnectAsync(CancellationToken cancellationToken);

    /// <summary>Asks for one person of the round. Disposing the connection ends it, too.</summary>
    /// <returns>How it ended; <see cref="AnswerKind.None"/> when nobody knows. It throws nothing for what a server or a network does.</returns>
    Task<Answer> AskAsync(StormRound round, int index, CancellationToken cancellationToken);
}

/// <summary>Opens the connections of a round, has its people ask over them, and closes them.</summary>
internal static class Rush
{
    private const int ConnectAtOnce = 64;

    /// <param name="round">What is asked; its clock starts when all connections are open.</param>
    /// <param name="connections">Each waits for one answer at a time.</param>
    /// <param name="starting">Is called when all connections are open, before the clock runs.</param>
    /// <param name="watch">Is given the rush, and returns when it is over or is to be given up.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    internal static async Task RunAsync(
        StormRound round, IReadOnlyCollection<ILoadConnection> connections, Action starting, Func<Task, Task> watch, CancellationToken cancellationToken)
    {
        using var stop = new CancellationTokenSource();
        Task asking = Task.CompletedTask;
        try
        {
            foreach (ILoadConnection[] some in connections.Chunk(ConnectAtOnce))
            {
                await Task.WhenAll(some.Select(connection => connection.ConnectAsync(cancellationToken)));
            }

            GC.Collect();
            starting();
            round.Start();
            asking = Task.WhenAll(connections.Select(connection => AskAllAsync(round, connection, stop.Token)));
            await watch(asking);
        }
        finally
        {
            await stop.CancelAsync();
            foreach (ILoadConnection connection in connections) connection.Dispose();

            // What failed was told by the watch; here nobody must write into the round any more.
            await asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task AskAllAsync(StormRound round, ILoadConnection connection, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested && round.TryTake(out int index))
        {
            TimeSpan due = round.Due(index);
            if (due > TimeSpan.Zero)
            {
                await Task.Delay(due, cancellationToken);
                round.Begin(index);
            }

            round.Complete(index, await connection.AskAsync(round, index, cancellationToken));
        }
    }
}
