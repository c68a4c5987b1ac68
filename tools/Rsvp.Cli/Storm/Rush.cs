using System.Net;

namespace Rsvp.Cli.Storm;

/// <summary>Opens the connections of a round, sends its requests over them, and closes them.</summary>
internal static class Rush
{
    private const int ConnectAtOnce = 64;

    /// <param name="apiUrl">Who is asked.</param>
    /// <param name="round">What is asked; its clock starts when all connections are open.</param>
    /// <param name="connectionCount">How many, each waiting for one response at a time.</param>
    /// <param name="watch">Is given the rush, and returns when it is over or is to be given up.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    internal static async Task RunAsync(Uri apiUrl, StormRound round, int connectionCount, Func<Task, Task> watch, CancellationToken cancellationToken)
    {
        var endpoint = new IPEndPoint((await Dns.GetHostAddressesAsync(apiUrl.Host, cancellationToken)).First(), apiUrl.Port);
        LoadConnection[] connections = [.. Enumerable.Range(0, connectionCount).Select(_ => new LoadConnection(endpoint))];
        try
        {
            foreach (LoadConnection[] some in connections.Chunk(ConnectAtOnce))
            {
                await Task.WhenAll(some.Select(connection => connection.ConnectAsync(cancellationToken)));
            }

            GC.Collect();
            round.Start();
            await watch(Task.WhenAll(connections.Select(connection => connection.RunAsync(round))));
        }
        finally
        {
            foreach (LoadConnection connection in connections) connection.Dispose();
        }
    }
}
