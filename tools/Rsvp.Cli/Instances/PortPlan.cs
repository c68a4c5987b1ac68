namespace Rsvp.Cli.Instances;

/// <summary>Every port of an instance, as an offset from one base, so that two instances differ in one number.</summary>
internal sealed record PortPlan
{
    internal const int DefaultBase = 8080;
    internal const int WorkersMax = 30;
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

    internal int Api => Base;
    internal int Notifier => Base + 1;
    internal int Postgres => Base + 10;
    internal int Rabbit => Base + 11;
    internal int RabbitManagement => Base + 12;
    internal int Epmd => Base + 13;
    internal int RabbitDistribution => Base + 14;
    internal int ApiManagement => Base + 20;
    internal int NotifierManagement => Base + 21;

    /// <summary>Port of a worker's health and metrics; workers are counted from 1.</summary>
    internal int Worker(int number) => number is >= 1 and <= WorkersMax
        ? Base + 30 + number - 1
        : throw new ToolException($"at most {WorkersMax} workers run on one machine");
}
