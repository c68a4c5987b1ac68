using System.CommandLine;
using Npgsql;

namespace Rsvp.Worker.Audit;

/// <summary>The command <c>audit</c>: what must always be true, checked from the database. Exit status 1 on any violation.</summary>
internal static class AuditCommand
{
    /// <param name="open">The database, as a role that may read.</param>
    public static Command Create(Func<NpgsqlDataSource> open)
    {
        var settle = new Option<double>("--settle")
        {
            Description = "seconds to let promotions and events that are under way finish first",
            DefaultValueFactory = _ => AuditRunner.SettleAtMost.TotalSeconds,
        };
        var command = new Command("audit", "Check from the database what must always be true.") { settle };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var dataSource = open();
            var output = parsed.InvocationConfiguration.Output;
            var settleAtMost = TimeSpan.FromSeconds(parsed.GetValue(settle));
            var rests = await AuditRunner.SettleAsync(dataSource, settleAtMost, cancellationToken);
            var report = await new Auditor(dataSource).RunAsync(new AuditOptions { IsQuiescent = rests, VacancyAtMost = settleAtMost }, cancellationToken);
            await output.WriteLineAsync(report.ToString());
            if (!rests)
            {
                await output.WriteLineAsync($"Seats were being given or events sent all the while: what has waited for less than {settleAtMost.TotalSeconds:0.#} s is left to them.");
            }

            foreach (var known in await new AuditLedger(dataSource).ReadOpenAsync(cancellationToken))
            {
                await output.WriteLineAsync($"The running system has known since {known.FoundAt:yyyy-MM-dd HH:mm:ss}Z: {known.Invariant}, {known.Found[0]}");
            }

            return report.IsClean ? 0 : 1;
        });
        return command;
    }
}
