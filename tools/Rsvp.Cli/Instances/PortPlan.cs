namespace Rsvp.Cli.Instances;

/// <summary>Every port of an instance, as an offset from one base, so that two instances differ in one number.</summary>
internal sealed record PortPlan
{
    internal const int DefaultBase = 8080;
    internal const int WorkersMax = 30;

    /// <summary>Of APIs, and of notifiers.</summary>
    internal const int FrontsMax = 4;

    private const int Width = 60;

    internal PortPlan(int portBase)
    {
        if (portBase < 1024 || portBase + Width > 65535)
        {
            throw new ToolException($"RSVP_PORT_BASE is {portBase}: it must be from 1024 to {65535 - Width}");
        }

        Base = portBase;
    }

    internal int Base { get; }

    /// <summary>The public port; all APIs share it.</summary>
    internal int Api => Base;
    internal int Postgres => Base + 10;
    internal int Rabbit => Base + 11;
    internal int RabbitManagement => Base + 12;
    internal int Epmd => Base + 13;
    internal int RabbitDistribution => Base + 14;
    internal int RabbitMetrics => Base + 15;
    internal int Prometheus => Base + 16;

    /// <summary>What a benchmark compares with: two, counted from 1.</summary>
    internal int Rival(int number) => Base + 16 + number;

    /// <summary>A proxy that a benchmark puts before PostgreSQL.</summary>
    internal int PostgresProxy => Base + 19;

    /// <summary>Port of one API's health and metrics; like all numbers here it is counted from 1.</summary>
    internal int ApiManagement(int number) => Front(number, Base + 20, Base + 22);

    internal int Notifier(int number) => Front(number, Base + 1, Base + 2);

    internal int NotifierManagement(int number) => Front(number, Base + 21, Base + 25);

    /// <summary>Port of a worker's health and metrics.</summary>
    internal int Worker(int number) => number is >= 1 and <= WorkersMax
        ? Base + 30 + number - 1
        : throw new ToolException($"at most {WorkersMax} workers run on one machine");

    private static int Front(int number, int first, int second) => number switch
    {
        1 => first,
        > 1 and <= FrontsMax => second + number - 2,
        _ => throw new ToolException($"at most {FrontsMax} APIs and {FrontsMax} notifiers run on one machine"),
    };
}
