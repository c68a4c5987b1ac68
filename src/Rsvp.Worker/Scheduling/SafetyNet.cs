using System.Diagnostics.Metrics;
using Npgsql;
using Quartz;
using Rsvp.Worker.Outbox;

namespace Rsvp.Worker.Scheduling;

/// <summary>A job that finds work which was lost on its way, and sends it again. What it finds is a defect or a disaster: it counts it, and whoever derives raises an alarm.</summary>
internal abstract class SafetyNet : IJob
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly OutboxDispatcher _dispatcher;
    private readonly Counter<long> _found;

    /// <param name="dataSource">The worker's database.</param>
    /// <param name="dispatcher">Publishes after the commit.</param>
    /// <param name="meters">Makes the counter.</param>
    /// <param name="counter">Its name.</param>
    /// <param name="description">What it counts, by activity.</param>
    protected SafetyNet(NpgsqlDataSource dataSource, OutboxDispatcher dispatcher, IMeterFactory meters, string counter, string description)
    {
        _dataSource = dataSource;
        _dispatcher = dispatcher;
        _found = meters.Create("Rsvp").CreateCounter<long>(counter, "{activity}", description);
        _found.Add(0); // Seen from the start, so that the first one is a rise.
    }

    /// <summary>Finds the activities whose work was lost; bounded.</summary>
    protected abstract string FindSql { get; }

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await SweepAsync(cancellationToken);

    /// <summary>Looks once.</summary>
    /// <returns>How many activities were found.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _dataSource.OpenConnectionAsync(cancellationToken);
        var messages = new List<OutboxMessage>();
        await using (var find = new NpgsqlCommand(FindSql, connection))
        {
            await using var row = await find.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                messages.Add(SendAgain(row));
            }
        }

        if (messages.Count > 0)
        {
            _found.Add(messages.Count);
            await using var batch = new NpgsqlBatch(connection);
            OutboxInsert.Add(batch, messages);
            await batch.ExecuteNonQueryAsync(cancellationToken);
            _dispatcher.Publish(messages);
        }

        return messages.Count;
    }

    /// <summary>Raises the alarm about an activity that was found.</summary>
    /// <returns>What was lost.</returns>
    protected abstract OutboxMessage SendAgain(NpgsqlDataReader row);
}
