using System.Diagnostics.Metrics;
using Npgsql;
using Rsvp.Hosting.Database;
using Rsvp.Hosting.Telemetry;

namespace Rsvp.Worker.Audit;

/// <summary>Tells what the standing audit knows: the violations that are there now, the same on every worker, and the rows that this one has checked.</summary>
internal sealed partial class StandingAuditMetrics : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    // What is older says nothing about now, and is not shown.
    private static readonly TimeSpan FreshFor = Interval * 4;

    private readonly AuditLedger _ledger;
    private readonly SchemaGate _schema;
    private readonly ILogger<StandingAuditMetrics> _logger;
    private readonly Counter<long> _rows;
    private readonly LatestReading<IReadOnlyList<Measurement<long>>> _violations;

    public StandingAuditMetrics(AuditLedger ledger, SchemaGate schema, TimeProvider timeProvider, IMeterFactory meters, ILogger<StandingAuditMetrics> logger)
    {
        _ledger = ledger;
        _schema = schema;
        _logger = logger;
        _violations = new LatestReading<IReadOnlyList<Measurement<long>>>(FreshFor, timeProvider);
        var meter = meters.Create("Rsvp");
        meter.CreateObservableGauge("rsvp.audit.violations", () => _violations.Value ?? [], "{violation}", "Violations of what must always be true, by invariant; every worker tells the same numbers.");
        _rows = meter.CreateCounter<long>("rsvp.audit.rows", "{row}", "Rows that the standing audit has checked.");
    }

    /// <summary>Counts what was looked at.</summary>
    public void Looked(AuditReport report) => _rows.Add(report.RowsChecked);

    /// <summary>Reads the violations that are there now.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var open = (await _ledger.ReadOpenAsync(cancellationToken)).ToLookup(one => one.Invariant, one => one.Violations);
        _violations.Value = [.. Auditor.Invariants.Select(invariant => new Measurement<long>(open[invariant.Id].Sum(), new KeyValuePair<string, object?>("invariant", invariant.Id)))];
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _schema.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RefreshAsync(stoppingToken);
            }
            catch (NpgsqlException error)
            {
                LogNotRead(error.Message);
            }

            await Task.Delay(Interval, stoppingToken);
        }
    }

    [LoggerMessage(4111, LogLevel.Warning, "The open violations could not be read: {Reason}")]
    private partial void LogNotRead(string reason);
}
