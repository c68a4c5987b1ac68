using System.Diagnostics.Metrics;
using Npgsql;
using Rsvp.Hosting.Database;
using Rsvp.Hosting.Telemetry;

namespace Rsvp.Worker.Backlogs;

/// <summary>Shows the backlog as gauges: reads it now and then, so that looking at the gauges costs the database nothing.</summary>
internal sealed partial class BacklogGauges : BackgroundService
{
    // A few reads between two scrapes of 15 s, for as many workers as there are.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // A database that takes longer is in trouble already.
    private static readonly TimeSpan ReadMax = TimeSpan.FromSeconds(2);

    // What is older says nothing about now, and is not shown.
    private static readonly TimeSpan FreshFor = Interval * 3;

    private readonly NpgsqlDataSource _dataSource;
    private readonly SchemaGate _schema;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<BacklogGauges> _logger;
    private readonly LatestReading<Backlog> _latest;

    public BacklogGauges(NpgsqlDataSource dataSource, SchemaGate schema, TimeProvider timeProvider, IMeterFactory meters, ILogger<BacklogGauges> logger)
    {
        _dataSource = dataSource;
        _schema = schema;
        _timeProvider = timeProvider;
        _logger = logger;
        _latest = new LatestReading<Backlog>(FreshFor, timeProvider);
        var meter = meters.Create("Rsvp");
        meter.CreateObservableGauge("rsvp.outbox.messages", () => Show(backlog => backlog.OutboxMessages), "{message}", "Committed messages that the broker has not confirmed.");
        meter.CreateObservableGauge("rsvp.outbox.age", () => Show(backlog => backlog.OutboxAge.TotalSeconds), "s", "Age of the oldest message in the outbox.");
        meter.CreateObservableGauge("rsvp.offers.open", () => Show(backlog => backlog.OpenOffers), "{offer}", "Offers that nobody answered yet.");
        meter.CreateObservableGauge("rsvp.offers.due", () => Show(backlog => backlog.DueOffers), "{offer}", "Offers whose time is over and that are not expired yet.");
        meter.CreateObservableGauge("rsvp.vacancies.open", () => Show(backlog => backlog.OpenVacancies), "{activity}", "Activities with seats free for their line.");
        meter.CreateObservableGauge("rsvp.vacancies.stranded", () => Show(backlog => backlog.StrandedVacancies), "{activity}", "Vacancies older than 5 s that no pass is under way for.");
        meter.CreateObservableGauge("rsvp.vacancies.age", () => Show(backlog => backlog.VacancyAge.TotalSeconds), "s", "Age of the oldest vacancy.");
    }

    /// <summary>Reads once.</summary>
    internal async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            _latest.Value = await Backlog.ReadAsync(_dataSource, ReadMax, cancellationToken);
        }
        catch (NpgsqlException error)
        {
            LogNotRead(error.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _schema.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Interval, _timeProvider);
        do
        {
            await RefreshAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private IEnumerable<Measurement<T>> Show<T>(Func<Backlog, T> value)
        where T : struct => _latest.Value is { } latest ? [new Measurement<T>(value(latest))] : [];

    [LoggerMessage(3901, LogLevel.Warning, "The backlog could not be read: {Reason}")]
    private partial void LogNotRead(string reason);
}

/// <summary>Adds the gauges.</summary>
internal static class BacklogExtensions
{
    public static void AddBacklog(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<BacklogGauges>();
        builder.Services.AddHostedService(services => services.GetRequiredService<BacklogGauges>());
    }
}
