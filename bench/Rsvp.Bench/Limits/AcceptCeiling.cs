using Rsvp.Bench.Comparison;
using Rsvp.Bench.Contenders;
using Rsvp.Bench.Load;
using Rsvp.Bench.Reporting;
using Rsvp.Cli.Bench;
using Rsvp.Cli.Instances;
using Rsvp.Cli.Storm;

namespace Rsvp.Bench.Limits;

/// <summary>How many requests a second HTTP, the check of tokens and JSON alone allow, and how many the API takes when its broker confirms at once. Nothing is stored, so there is nothing to audit.</summary>
internal sealed class AcceptCeiling(BenchSystem system, RoundRunner rounds, BenchOptions options, BenchResults results)
{
    private const int PerSecondMax = 60_000;

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await using (RivalProcess nothing = await RivalProcess.StartAsync(system.Instance, 1, "nothing", "HTTP, tokens and JSON alone", PerSecondMax, cancellationToken))
        {
            await MeasureAsync(nothing.Contender, nothing.Pid, endsAtAcceptance: false, cancellationToken);
        }

        await using ServerProcess accept = await StartApiAsync(cancellationToken);
        var api = new Contender("accept", "the API until its 202, confirmed at once", accept.Url, system.Ours.Database, PerSecondMax);
        await MeasureAsync(api, accept.Pid, endsAtAcceptance: true, cancellationToken);
    }

    private async Task MeasureAsync(Contender contender, int pid, bool endsAtAcceptance, CancellationToken cancellationToken)
    {
        system.Others.Add(new RunningProcess(contender.Name, pid));
        for (int round = 1 - WarmUp.RoundCount; round <= options.Rounds; round++)
        {
            var plan = new RoundPlan
            {
                Part = BenchOptions.Ceilings,
                Scenario = contender.Title,
                Round = round,
                Activities = [Guid.NewGuid()],
                Connections = ClosedLoop.ManyConnections,
                Duration = options.RoundTime,
                EndsAtAcceptance = endsAtAcceptance,
            };
            await system.RestAsync(cancellationToken);
            RoundFigures figures = await rounds.SendAsync(contender, plan, rounds.Prepare(contender, plan), cancellationToken);
            AnswerKind expected = endsAtAcceptance ? AnswerKind.Pending : AnswerKind.Confirmed;
            int granted = figures.Outcomes.GetValueOrDefault(expected.ToString().ToLowerInvariant());
            if (granted != figures.Sent) throw new NoFiguresException($"of {figures.Sent} requests to {contender.Name} {granted} were granted");

            double cpuEach = figures.CpuSeconds.Where(entry => entry.Key == contender.Name || entry.Key == "storm").Sum(entry => entry.Value) / figures.Done * 1e6;
            Console.WriteLine($"  {contender.Title}: {figures.PerSecond:0}/s, {cpuEach:0} µs of CPU each");
            if (round <= 0) continue;

            results.Figures.Add(new Figure(BenchOptions.Ceilings, contender.Title, 0, figures.PerSecond, "requests/s"));
            results.Figures.Add(new Figure(BenchOptions.Ceilings, contender.Title + ": CPU of it and of the load generator for each", 0, Math.Round(cpuEach), "µs"));
        }

        system.Others.Clear();
    }

    /// <summary>The API with a bus in memory; the rest of it as the system's own has it. Nobody applies its batches, so the next goes when it is full, as in a rush.</summary>
    private Task<ServerProcess> StartApiAsync(CancellationToken cancellationToken)
    {
        Instance instance = system.Instance;
        Service api = Service.Api(instance.Ports);
        var environment = new Dictionary<string, string>
        {
            ["ConnectionStrings__Postgres"] = instance.Postgres.ServiceKeywords(api.Role, instance.Secrets.PostgresApi),
            ["RequestIds__Key"] = instance.Secrets.RequestIdsKey,
            ["Notifier__Url"] = Service.Notifier(instance.Ports).Url,
        };
        return ServerProcess.StartAsync(instance, "Rsvp.Bench.Accept", "accept", instance.Ports.Rival(2), environment, cancellationToken);
    }
}
